from __future__ import annotations

import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from rightful.stages.quality import phone
from rightful.stages.quality.phone_patterns import dial

KINDS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE)
FORMS = (
    "+{code} {spaced}",
    "+{code}{digits}",
    "00{code} {spaced}",
    "+{code} (0){spaced}",
    "0{spaced}",
    "{spaced}",
    "{code}{spaced}",
)


def _spaced(digits: str, chance: random.Random) -> str:
    return (
        "".join(digit + (chance.choice(" -./") if chance.random() < 0.25 else "") for digit in digits[:-1]) + digits[-1]
    )


def _examples(region: str) -> list[tuple[str, str | None]]:
    """Give example numbers of a country, some with a few digits changed, each written in several ways."""
    chance = random.Random(region)  # noqa: S311 - no secret
    texts = []
    for kind in KINDS:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        digits = list(phonenumbers.national_significant_number(number))
        for changes in (0, 3):
            for _ in range(changes):
                digits[chance.randrange(len(digits))] = chance.choice("0123456789")
            plain = "".join(digits)
            texts += [
                form.format(code=number.country_code, digits=plain, spaced=_spaced(plain, chance)) for form in FORMS
            ]
    return [(text, chance.choice([region, region, None, "DE", "US"])) for text in texts]


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_patterns_agree_with_the_library(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = _examples(region)
    quick = [phone.clean_phone(text, country) for text, country in examples]
    monkeypatch.setattr(phone, "dial", lambda *_, **__: None)
    assert dict(zip(examples, quick, strict=True)) == {example: phone.clean_phone(*example) for example in examples}


def test_what_is_not_ordinary_is_left_to_the_library() -> None:
    assert dial("18003569377", None, is_international=True) is None
    assert dial("4155552671", None, is_international=False) is None
    assert dial("4930901820", "DE", is_international=False) is None
    assert dial("39066982", None, is_international=True) is None  # the Vatican's, under Italy's code
