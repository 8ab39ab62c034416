from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from rightful.errors import PlanError
from rightful.plan import plan_from
from rightful.runs.proof import Finding, Proof, Severity, prove
from rightful.runs.proof.exchange import as_json, as_sarif, read_baseline, write_baseline
from rightful.runs.proof.text import lines_of, short_lines
from tiny import FILES

PLAN = {name: text for name, text in FILES.items() if not name.startswith("book/")}


def proof_of(rules: str, *accepted: str, layer: str = "", **files: str) -> Proof:
    """Prove the tiny plan with other rules, without a book."""
    layers = f"roles: [account_executive]\nlayers:\n  - layer: geography\n    rules: geography.csv\n{layer}"
    texts: Mapping[str, str] = {**PLAN, "assignment.yaml": layers, "geography.csv": rules, **files}
    return prove(plan_from(texts), None, accepted)


def told(proof: Proof, *kinds: str) -> list[tuple[str, str, str]]:
    found = [each for each in proof.findings() if each.kind in kinds or not kinds]
    return [(str(each.severity), each.kind, each.message) for each in found]


def only(proof: Proof, kind: str) -> Finding:
    [found] = [each for each in proof.findings() if each.kind == kind]
    return found


def test_a_gap_is_said_in_the_words_of_the_plan_with_a_witness_and_a_repair() -> None:
    proof = proof_of('territory,country,employees\nNA,"US, CA",\nNA,!US,"200..499"\nNA,!US,<200\nNA,!US,>=500\n')
    found = only(proof, "gap")
    assert found.message == "no territory for: country blank or not in (CA, US), employees blank"
    assert found.witness == {"country": "DE", "employees": None}
    assert found.severity is Severity.WARNING
    assert str(found.places[0]) == "geography.csv"
    assert "add a rule" in found.repair


def test_blanks_are_a_gap_of_their_own() -> None:
    assert only(proof_of("territory,employees\nNA,>=0\n"), "gap").message == "no territory for: employees blank"
    assert told(proof_of("territory,employees\nNA,>=0\nNA,(blank)\n"), "gap") == []


def test_a_catch_all_makes_a_note_of_a_gap() -> None:
    found = only(proof_of("territory,country\nNA,US\n", layer="    catch_all: REST\n"), "gap")
    assert found.severity is Severity.NOTE
    assert found.message == "only the catch-all 'REST' takes: country blank or not US"


def test_a_layer_that_is_not_required_has_notes() -> None:
    found = only(proof_of("territory,country\nNA,US\n", layer="    is_required: false\n"), "gap")
    assert found.severity is Severity.NOTE


def test_an_overlap_says_who_wins_why_and_where() -> None:
    found = only(proof_of("territory,rule,country,employees\nNA,west,US,\nBIG,large,,>=1000\n"), "overlap")
    assert found.severity is Severity.WARNING
    assert found.message == (
        "rule 'west' (NA, geography.csv:2) wins over 'large' (BIG, geography.csv:3)"
        " only because it stands above, all at priority 100"
    )
    assert found.regions == ("country = US, employees >=1000",)
    assert [str(place) for place in found.places] == ["geography.csv:2:1", "geography.csv:3:1"]
    assert found.witness == {"country": "US", "employees": 1000}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("NA,US,,5,\nBIG,,>=1000,100,", "by its priority 5"),
        ("NA,US,,100,\nBIG,,>=1000,100,override", "as an override"),
        ("NA,US,>=1000,100,\nBIG,,>=1000,100,", "as the narrower rule, standing above"),
    ],
)
def test_what_decides_an_overlap_on_purpose_is_a_note(rows: str, why: str) -> None:
    found = only(proof_of(f"territory,country,employees,priority,kind\n{rows}\n"), "overlap")
    assert found.severity is Severity.NOTE
    assert found.message.endswith(why)


def test_territories_on_a_branch_and_two_rows_of_one_territory_do_not_contest() -> None:
    tree = {"assignment.yaml": "layers: [{layer: g, rules: geography.csv}]\nterritories: territories.csv\n"}
    texts = {
        **PLAN,
        **tree,
        "territories.csv": "territory,parent\nNA,\nWEST,NA\n",
        "geography.csv": "territory,country,state\nNA,US,\nWEST,,CA\nNA,,NY\n",
    }
    assert told(prove(plan_from(texts)), "overlap", "shadowed", "dead") == []


def test_where_two_may_win_the_third_contests_with_the_second() -> None:
    rows = "territory,country,employees,industry\nA,US,,\nB,,>=10,\nC,,,Banking\n"
    found = only(proof_of(rows, layer="    winners: 2\n"), "overlap")
    assert found.message.startswith("rule 'B' (geography.csv:3) wins over 'C' (geography.csv:4)")
    assert found.regions == ("country = US, employees >=10, industry = Banking",)


def test_a_shadowed_rule_names_those_that_hide_it() -> None:
    found = only(
        proof_of("territory,rule,country,employees\nS,small,US,<10\nL,large,US,!<10\nALL,all,US,\n"), "shadowed"
    )
    assert found.message == (
        "rule 'all' (ALL, geography.csv:4) never decides: always before it is 'small' (S, geography.csv:2);"
        " 'large' (L, geography.csv:3)"
    )
    assert found.regions == ("country = US, any employees",)
    assert found.places[0].line == 4


def test_an_exclusion_that_takes_nothing_away_is_told() -> None:
    rows = "territory,kind,country,employees\nNA,,US,\nNA,exclude,DE,\nNA,exclude,US,<5\n"
    found = only(proof_of(rows), "shadowed")
    assert found.message == "exclusion 'NA' (geography.csv:3) takes nothing away: no rule of 'NA' would win there"


def test_a_rule_all_of_which_is_excluded_is_told() -> None:
    found = [
        each
        for each in proof_of('territory,kind,country\nNA,,US\nNA,exclude,"US, CA"\n').findings()
        if each.kind == "shadowed"
    ]
    assert [each.message for each in found] == [
        "rule 'NA' (geography.csv:2) never decides: an exclusion takes away all that it includes"
    ]


def test_dead_rules_say_why() -> None:
    proof = proof_of("territory,country,when\nA,US,country = 'CA'\nB,UK,\nC,,employees < 5 AND employees > 9\n")
    why = "its conditions exclude one another"
    assert [message for _, _, message in told(proof, "dead")] == [
        f"no record can meet rule 'A' (geography.csv:2): {why}",
        "no record can meet rule 'B' (geography.csv:3): country is never UK once it is cleaned",
        f"no record can meet rule 'C' (geography.csv:4): {why}",
    ]
    assert only(proof, "unreachable").message == "country is never 'UK' once it is cleaned"


def test_a_segment_that_the_plan_does_not_make_is_unreachable() -> None:
    found = only(proof_of('territory,segment\nA,"SMB, Midmarket"\n'), "unreachable")
    assert found.message == "segment is never 'Midmarket' once it is cleaned"
    assert found.repair == "did you mean 'Mid-Market'?"


def test_a_plan_without_faults_has_no_findings() -> None:
    proof = proof_of("territory,country\nNA,US\nROW,!US\n")
    assert proof.candidates == ()
    assert next(iter(lines_of(proof, 20, Severity.NOTE))).endswith("): nothing found")
    assert list(short_lines(proof, 5, Path("acme"))) == ["Proof: nothing found"]


def test_fingerprints_stay_when_lines_move_and_go_when_the_rule_changes() -> None:
    head = "territory,country,employees\n"
    before = {each.fingerprint for each in proof_of(f"{head}NA,US,\nBIG,,>=1000\n").candidates}
    moved = {each.fingerprint for each in proof_of(f"# a note\n{head}NA,US,\n\nBIG,,>=1000\n").candidates}
    changed = {each.fingerprint for each in proof_of(f"{head}NA,US,\nBIG,,>=2000\n").candidates}
    assert before == moved
    assert not before & changed


def test_accepted_findings_stay_quiet_and_those_that_are_gone_are_counted(tmp_path: Path) -> None:
    rows = "territory,country,employees\nNA,US,\nBIG,,>=1000\n"
    path = tmp_path / "accepted.json"
    assert write_baseline(proof_of(rows), path) == 2
    accepted = read_baseline(path)
    again = proof_of(rows, *accepted)
    assert (again.candidates, again.accepted, again.gone) == ((), 2, 0)
    more = proof_of(f"{rows}DUP,US,\n", *accepted)
    assert {each.kind for each in more.candidates} >= {"shadowed"}
    assert more.gone >= 0
    mended = proof_of("territory,country\nNA,US\nBIG,!US\n", *accepted)
    assert (mended.accepted, mended.gone) == (0, 2)
    assert json.loads(path.read_text("utf-8"))["plan"] == "Tiny"


@pytest.mark.parametrize("content", ["{", "[]", '{"accepted": 3}', None])
def test_what_is_no_baseline_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "accepted.json"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(PlanError, match="--write-baseline"):
        read_baseline(path)


def test_sarif_has_a_rule_a_place_and_a_lasting_fingerprint_for_each_finding() -> None:
    proof = proof_of("territory,country,employees\nNA,US,\nBIG,,>=1000\n")
    sarif = as_sarif(proof, Path("plans/acme"))
    assert sarif["version"] == "2.1.0"
    [run] = sarif["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert len(run["results"]) == 2
    for result in run["results"]:
        assert result["ruleId"] in rules
        assert result["level"] in {"error", "warning", "note"}
        assert result["partialFingerprints"]["rightful/v1"]
    overlap = next(result for result in run["results"] if result["ruleId"] == "overlap")
    location = overlap["locations"][0]["physicalLocation"]
    assert location == {
        "artifactLocation": {"uri": "plans/acme/geography.csv"},
        "region": {"startLine": 2, "startColumn": 1},
    }


def test_json_is_plain_data_and_the_same_every_time() -> None:
    rules = "territory,country,created_on\nNA,US,>=2026-01-01\nBIG,,<2026-02-01\n"
    first, second = (json.dumps(as_json(proof_of(rules))) for _ in range(2))
    assert first == second
    found = json.loads(first)
    assert found["counts"] == {"error": 0, "warning": len(found["findings"]), "note": 0}
    assert found["book"] is None


def test_text_shows_the_worst_first_and_counts_the_rest() -> None:
    proof = proof_of("territory,country,employees,kind\nNA,US,,\nBIG,,>=1000,override\nX,UK,,\n")
    lines = list(lines_of(proof, 1, Severity.WARNING))
    assert lines[2].startswith("ERROR dead in geography: ")
    assert "and 2 more: `--most 0` shows all" in lines
    assert lines[-1] == "Not shown: 1 overlap of less severity; `--least note` shows them"
