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
    "({digits:.3}) {digits[3]}-{rest}",
    "{spaced} x12",
    "1-{spaced} x4711",
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
                form.format(code=number.country_code, digits=plain, spaced=_spaced(plain, chance), rest=plain[4:])
                for form in FORMS
            ]
    return [(text, chance.choice([region, region, None, "DE", "US"])) for text in texts]


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_patterns_agree_with_the_library(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = _examples(region)
    quick = [phone.clean_phone(text, country) for text, country in examples]
    monkeypatch.setattr(phone, "_plainly_written", lambda *_: None)
    assert dict(zip(examples, quick, strict=True)) == {example: phone.clean_phone(*example) for example in examples}


def test_a_country_code_without_a_plus_is_taken_off_where_only_then_it_is_a_number() -> None:
    found = dial("81622298764", "JP", is_international=False)
    assert found == dial("622298764", "JP", is_international=False)
    assert found is not None
    assert found.e164 == "+81622298764"


def test_what_no_operator_has_is_kept_without_a_kind() -> None:
    found = dial("2612382847", "US", is_international=False)
    assert found is not None
    assert (found.e164, found.kind) == ("+12612382847", "")
    assert dial("3402584771", "US", is_international=False) is None  # of the Virgin Islands, so the library knows


def test_what_is_not_ordinary_is_left_to_the_library() -> None:
    assert dial("18003569377", None, is_international=True) is None
    assert dial("4155552671", None, is_international=False) is None
    assert dial("39066982", None, is_international=True) is None  # the Vatican's, under Italy's code
