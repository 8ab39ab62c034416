from __future__ import annotations

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.legal_forms import form_key, legal_forms


def test_spellings_fold_together() -> None:
    assert form_key("S.à r.l.") == form_key("SARL") == form_key("s.a r.l")
    assert form_key("GmbH & Co. KG") == form_key("gmbh + co kg")
    assert form_key("ООО") != form_key("OOO")  # Cyrillic and Latin letters that look alike


def test_every_spelling_of_the_table_is_known() -> None:
    table = legal_forms()
    missing = [
        spelling
        for row in read_rows("legal_forms.csv")
        for spelling in row["spellings"].split("|")
        if not table.known(spelling) and row["place"] != "infix"
    ]
    assert missing == []


def test_places_are_those_that_the_table_explains() -> None:
    places = {place for row in read_rows("legal_forms.csv") for place in row["place"].split()}
    assert places <= {"suffix", "suffix?", "prefix", "prefix?", "infix", "marked", "cjk"}


def test_the_longest_form_wins_and_something_remains() -> None:
    table = legal_forms()
    words = ["Acme", "GmbH", "&", "Co.", "KG"]
    found = table.split_end(words, [form_key(word) for word in words], None)
    assert found is not None
    assert (found.form.form, found.rest) == ("GmbH & Co. KG", ["Acme"])
    assert table.split_end(["GmbH"], ["gmbh"], None) is None
