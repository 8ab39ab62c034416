from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from rightful.errors import PlanError
from rightful.plan import load_plan, plan_from
from rightful.plan.document import read_csv, read_yaml


def mistakes_in(texts: dict[str, str]) -> list[str]:
    with pytest.raises(PlanError) as caught:
        plan_from(texts)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_an_empty_plan_is_a_plan_of_defaults() -> None:
    plan = plan_from({})
    assert plan.general.time_zone == "UTC"
    assert plan.name == "plan"


def test_all_mistakes_are_told_at_once_each_with_its_place() -> None:
    told = mistakes_in({"plan.yaml": "nme: Acme\ntime_zone: Mars/Olympus\ncurrency_rates:\n  EUR: much\n"})
    assert told == [
        (
            "plan.yaml:1:1: unknown key 'nme'. Allowed: name, description, time_zone, as_of, currency_rates, "
            "default_currency, lists. Did you mean 'name'?"
        ),
        "plan.yaml:2:12: unknown time zone 'Mars/Olympus': IANA names such as Europe/Berlin are allowed.",
        "plan.yaml:4:8: EUR is 'much'. Allowed: a number such as 12 or 2.5.",
    ]


def test_a_section_with_mistakes_hides_none_of_the_others_and_none_follows_from_it() -> None:
    told = mistakes_in(
        {
            "plan.yaml": "lists: 5\n",
            "scoring.yaml": "grade: 7\n",
            "assignment.yaml": "roles: [owner]\nlayers: [{layer: geo, rules: geo.csv}]\nfallback: R1\n",
            "geo.csv": "territory,country\nNA,@dach\n",
            "routing.yaml": "pools: [{pool: a, members: [{rep_id: R1}], sticky_by: [emial]}]\npool_rules: [{pool: b}]\n"
            "routes: [{methods: [territory], roles: [owner]}]\n",
            "segmentation.yaml": "segment: {lists: [{name: S, list: strategic}]}\n",
        }
    )
    assert [mistake.split(": ")[0] for mistake in told] == [
        "plan.yaml:1:8",
        "scoring.yaml:1:1",
        "assignment.yaml:3:1",
        "routing.yaml:1:56",
        "routing.yaml:2:21",
    ]
    # `owner` and `@dach` may well exist in what could not be read.
    assert not any("unknown role" in mistake or "unknown list" in mistake for mistake in told)


def test_a_mistake_of_a_whole_column_is_told_once() -> None:
    rows = "".join(f"T{number},>={number}\n" for number in range(10_000))
    told = mistakes_in(
        {"assignment.yaml": "layers: [{layer: geo, rules: geo.csv}]", "geo.csv": f"territory,employes\n{rows}"}
    )
    assert len(told) == 1
    assert told[0].startswith(
        "geo.csv:2:2: accounts have no field 'employes' (here and in 9999 more rows). Allowed: account_id,"
    )
    assert told[0].endswith("Did you mean 'employees'?")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "as_of: yesterday",
            "as_of is 'yesterday'. Allowed: an instant such as 2026-06-30T09:00; or a date such as 2026-06-30.",
        ),
        ("lists: x", "lists is 'x'. Allowed: keys with values."),
        ("lists: {a: x}", "a is 'x'. Allowed: a list, or the name of a CSV file with its rows."),
        ("name: [a]", "name is a list. Allowed: a text."),
        ("currency_rates: {EUR: -1}", "EUR is '-1'. Allowed: greater than 0."),
        ("currency_rates: {EUR: nan}", "EUR is 'nan'. Allowed: a number such as 12 or 2.5."),
        ("currency_rates: {Euro: 1}", "'Euro' is no currency: ISO 4217 codes such as EUR are allowed."),
        ("default_currency: dollar", "'dollar' is no currency: ISO 4217 codes such as EUR are allowed."),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_in_words(text: str, says: str) -> None:
    told = mistakes_in({"plan.yaml": text})
    assert len(told) == 1
    assert told[0].split(": ", 1)[1] == says


def test_scalars_stay_what_people_wrote() -> None:
    document = read_yaml("codes: [NO, 02134, null, 'null', ~, '']", "lists.yaml")
    assert document["codes"] == ["NO", "02134", None, "null", None, ""]
    assert document["codes"][1].place.column == 13


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: 2\na: 3", "x.yaml:3:1: key 'a' is there twice (first in line 1). Keep one of them."),
        (
            "a: &x [1]\nb: *x",
            "x.yaml:1:4: anchor or alias 'x'. Allowed: plain values. Write the value again.",
        ),
        ("[" * 10_000, "x.yaml:1:1: nested more than 40 deep"),
        ("a: 'open", "x.yaml:1:9: not readable as YAML: found unexpected end of stream"),
        ("- a", "x.yaml:1:1: a mapping is expected"),
        ("é: ü\na: \x00", "x.yaml:2: not readable as YAML: the control character 0x0. Delete it."),
        ("? [a]\n: b", "x.yaml:1:3: this key is no text"),
    ],
)
def test_a_broken_file_is_told_with_its_place(text: str, says: str) -> None:
    with pytest.raises(PlanError) as caught:
        read_yaml(text, "x.yaml")
    told = str(caught.value)
    assert told.startswith(says.split(":", maxsplit=1)[0])
    assert says.split(": ", 1)[1] in told


def test_csv_rows_keep_their_places_and_leave_blanks_out() -> None:
    rows = read_csv("# who covers what\nrep_id;role\n\nR1;\nR2;owner\n", "coverage.csv")
    assert rows == [{"rep_id": "R1"}, {"rep_id": "R2", "role": "owner"}]
    assert str(rows[1]["role"].place) == "coverage.csv:5:2"


@pytest.mark.parametrize("text", ["a,a\n1,2", "a,b\n1,2,3", "a,,b\n1,2,3", 'a,b\n"1,2\n'])
def test_a_broken_table_is_told(text: str) -> None:
    with pytest.raises(PlanError, match=r"t\.csv:"):
        read_csv(text, "t.csv")


def test_lists_come_from_files_and_from_the_plan() -> None:
    plan = plan_from({"plan.yaml": "lists: {dach: [DE, AT, CH]}", "lists/named.csv": "domain\nacme.de\nglobex.com\n"})
    assert plan.lists == {"named": ("acme.de", "globex.com"), "dach": ("DE", "AT", "CH")}


def test_the_same_files_give_the_same_version_and_another_text_another() -> None:
    first, same, other = (plan_from({"plan.yaml": f"name: {name}"}).version for name in ("A", "A", "B"))
    assert first == same != other


def test_a_plan_crosses_processes() -> None:
    plan = plan_from({"plan.yaml": "name: Acme"})
    assert pickle.loads(pickle.dumps(plan)).general == plan.general


def test_a_missing_folder_and_a_misspelt_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no such plan folder"):
        load_plan(tmp_path / "none")
    (tmp_path / "scorng.yaml").write_text("")
    with pytest.raises(PlanError, match=r"Did you mean 'scoring.yaml'\?"):
        load_plan(tmp_path)


def test_a_file_that_is_no_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_bytes(b"name: A\ndescription: caf\xe9\n")
    with pytest.raises(PlanError, match=r"plan\.yaml:2: byte 0xe9 is no UTF-8"):
        load_plan(tmp_path)


def test_the_text_of_a_quoted_value_begins_behind_the_quote_and_that_of_a_block_below_its_mark() -> None:
    document = read_yaml("a: 'x'\nb: |\n  one\n  two\n", "x.yaml")
    assert str(document["a"].place) == "x.yaml:1:5"
    assert str(document["b"].place) == "x.yaml:3:1"


def test_a_file_of_what_was_trained_may_be_missing_only_while_it_is_trained(tmp_path: Path) -> None:
    (tmp_path / "matching.yaml").write_text("trained_weights: models/matching_weights.json\n")
    (tmp_path / "scoring.yaml").write_text("trained_score: models/lead_score.json\n")
    with pytest.raises(PlanError) as caught:
        load_plan(tmp_path)
    told = [str(mistake) for mistake in caught.value.mistakes]
    assert [line.partition(": ")[0] for line in told] == ["matching.yaml:1:18", "scoring.yaml:1:16"]
    assert "Run `rightful match train`, which" in told[0]
    assert "Run `rightful train`, which" in told[1]
    for key, other in (("trained_weights", "scoring.yaml"), ("trained_score", "matching.yaml")):
        with pytest.raises(PlanError) as caught:
            load_plan(tmp_path, training=key)
        assert [mistake.place.file for mistake in caught.value.mistakes if mistake.place] == [other]
    (tmp_path / "scoring.yaml").unlink()
    assert load_plan(tmp_path, training="trained_weights").matching.trained_weights is None
