from __future__ import annotations

import pytest

from rightful.stages.quality.addresses import read_place
from rightful.stages.quality.settings import Settings

INFERRING = Settings("accounts")
PLAIN = Settings("accounts", infers=frozenset())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            ("Deutschland", "Bayern", "80331", "MÜNCHEN", "089 2180 0", None),
            ("DE", "BY", "80331", "München", "+498921800"),
        ),
        (("USA", None, "2134", "boston", "(617) 555-2671", None), ("US", "MA", "02134", "Boston", "+16175552671")),
        ((None, None, None, None, "+49 30 901820", None), ("DE", None, None, None, "+4930901820")),
        ((None, None, None, None, "030 901820", "acme.de"), ("DE", None, None, None, "+4930901820")),
        ((None, "CA", "94105", None, "415 555 2671", None), ("US", "CA", "94105", None, "+14155552671")),
        (
            (None, None, "SW1A 1AA", "London", "020 7946 0958", None),
            ("GB", None, "SW1A 1AA", "London", "+442079460958"),
        ),
        ((None, None, None, "Boston, MA 02110", None, None), ("US", "MA", "02110", "Boston", None)),
        (("US", None, None, "Boston, MA", None, None), ("US", "MA", None, "Boston", None)),
        (("California", None, None, None, None, None), ("US", "CA", None, None, None)),
        (("Georgia", "GA", None, None, None, None), ("US", "GA", None, None, None)),
        (
            (None, "Nordrhein-Westfalen", None, None, "+49 211 3177042", "acme.com.br"),
            ("DE", "NW", None, None, "+492113177042"),
        ),
        (("NA", None, None, None, None, None), ("NA", None, None, None, None)),
        ((None, None, None, None, None, None), (None, None, None, None, None)),
    ],
)
def test_fields_help_to_read_one_another(fields: tuple[str | None, ...], expected: tuple[str | None, ...]) -> None:
    assert read_place(INFERRING, *fields)[:5] == expected  # type: ignore[arg-type]


def test_what_was_inferred_says_so() -> None:
    note = read_place(INFERRING, None, None, "02134", None, "+1 617 555 2671", None)[5]
    assert note == "country=inferred_from_phone; state=inferred_from_postal_code; phone=form_unified"


def test_evidence_that_conflicts_infers_nothing() -> None:
    found = read_place(INFERRING, None, None, None, None, "+49 30 901820", "acme.fr")
    assert found[0] is None
    assert "country=evidence_conflicts" in (found[5] or "")


def test_without_inference_blanks_stay_blank() -> None:
    assert read_place(PLAIN, None, None, "94105", "Boston, MA 02110", "+49 30 901820", "acme.de")[:2] == (None, None)
    assert read_place(PLAIN, "US", None, None, "Boston, MA 02110", None, None)[:3] == ("US", None, None)


def test_junk_is_blank_with_its_reason() -> None:
    found = read_place(INFERRING, "n/a", "test", None, "xxx", "none", None)
    assert found[:5] == (None, None, None, None, None)
    assert found[5] == "country=blank_word; state=test_entry; city=repeated_character; phone=blank_word"
