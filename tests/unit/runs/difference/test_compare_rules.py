from __future__ import annotations

from collections.abc import Sequence

import pytest

from rightful.plan import plan_from
from rightful.rules.proofs.chart import ChartTooLargeError
from rightful.runs.difference.compare import compare_plans
from rightful.runs.difference.records import Change, PlanDifference
from rightful.runs.difference.revisions import NamedPlan

Texts = dict[str, str]

GEOGRAPHY = 'territory,country\nNA,"US, CA"\nEU,"DE, FR"\n'
ASSIGNMENT = "layers: [{layer: geography, rules: geography.csv%s}]\n"
COVERAGE = "territory,role,rep_id,weight,starts_on,ends_on,covers\n"


def compared(before: Texts, after: Texts) -> PlanDifference:
    plans = [plan_from(texts) for texts in (before, after)]
    return compare_plans(*(NamedPlan(name, plan, plan.folder) for name, plan in zip("ab", plans, strict=True)))


def geography(table: str, more: str = "", tree: str = "") -> Texts:
    files = {"assignment.yaml": ASSIGNMENT % more, "geography.csv": table}
    if tree:
        files["assignment.yaml"] += "territories: tree.csv\n"
        files["tree.csv"] = f"territory,parent\n{tree}"
    return files


def regions(changes: Sequence[Change]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(change.before, change.after, change.region.boxes) for change in changes if change.region]


def test_one_cell_edited_is_exactly_that_region() -> None:
    edited = GEOGRAPHY.replace("DE, FR", "DE").replace("US, CA", "US, CA, FR")
    difference = compared(geography(GEOGRAPHY), geography(edited))
    [change] = difference.changes
    assert (change.section, change.subject, change.words) == ("assignment", "layer geography", "NA instead of EU")
    assert regions([change]) == [("EU", "NA", ("country = FR",))]
    assert change.region is not None
    assert change.region.witness == (("country", "FR"),)


def test_records_that_no_rule_places_any_more_have_no_territory() -> None:
    difference = compared(geography(GEOGRAPHY), geography(GEOGRAPHY.replace("DE, FR", "DE")))
    assert regions(difference.changes) == [("EU", "no territory", ("country = FR",))]


def test_an_order_with_an_effect_is_the_region_where_both_rules_hold() -> None:
    rows = ["A,US,\n", "B,,>=100\n"]
    before, after = (geography("territory,country,employees\n" + "".join(order)) for order in (rows, rows[::-1]))
    assert regions(compared(before, after).changes) == [("A", "B", ("country = US, employees >=100",))]


@pytest.mark.parametrize(
    ("table", "note"),
    [
        ('territory,country\nEU,"FR, DE"\nNA,"CA, US"\n', "assignment.yaml"),  # another order of rows and cells
        ("territory,country,rule\nNA,US,one\nNA,CA,two\nEU,DE,three\nEU,FR,four\n", "layer geography"),  # rows split and named
        ("territory,when\nNA,country = 'US' OR country = 'CA'\nEU,\"country IN ('DE', 'FR')\"\n", "assignment.yaml"),
    ],
)  # fmt: skip
def test_other_words_for_the_same_rules_are_no_change(table: str, note: str) -> None:
    difference = compared(geography(GEOGRAPHY), geography(table))
    assert difference.is_same, difference.changes
    assert [each.subject for each in difference.notes] == [note]


def test_a_territory_with_another_name_is_told_as_renamed() -> None:
    coverage = COVERAGE + "NA,account_executive,R1,1,,,\n"
    before = geography(GEOGRAPHY, tree="NA,top\nEU,top\ntop,\n")
    before = {**before, "assignment.yaml": before["assignment.yaml"] + "coverage: c.csv\n", "c.csv": coverage}
    after = {name: text.replace("NA,", "AMER,").replace("top", "world") for name, text in before.items()}
    difference = compared(before, after)
    assert difference.is_same, difference.changes
    assert dict(difference.renamed) == {"NA": "AMER", "top": "world"}
    assert "is called AMER now" in [note.words for note in difference.notes]


def test_a_name_that_goes_to_other_rules_is_a_change() -> None:
    after = geography('territory,country\nAMER,"US, MX"\nEU,"DE, FR"\n')
    difference = compared(geography(GEOGRAPHY), after)
    assert dict(difference.renamed) == {}
    assert {(before, after) for before, after, _ in regions(difference.changes)} == {
        ("NA", "AMER"), ("NA", "no territory"), ("no territory", "AMER"),
    }  # fmt: skip


def test_a_catch_all_is_told_once_and_not_as_a_region() -> None:
    difference = compared(geography(GEOGRAPHY, ", catch_all: NA"), geography(GEOGRAPHY, ", catch_all: EU"))
    assert [change.words for change in difference.changes] == ["records that no rule places: EU instead of NA"]


def test_winners_exclusions_and_the_tree_decide_as_in_a_run() -> None:
    table = "territory,country,employees,kind\ntop,US,,\nlow,,>=100,\n"
    tree = "top,\nlow,top\n"
    excluded = geography(table + "top,,>=500,exclude\n", tree=tree)
    assert regions(compared(geography(table, tree=tree), excluded).changes) == [
        ("low", "no territory", ("country = US, employees >=500",))
    ]
    # Without the tree the upper row wins, and the lower one is not bound to its country.
    flat = {
        (first, second) for first, second, _ in regions(compared(geography(table, tree=tree), geography(table)).changes)
    }
    assert flat == {("low", "top"), ("no territory", "low")}
    both = compared(geography(table), geography(table, ", winners: 2")).changes
    assert both[0].words == "a record has up to 2 territories instead of 1"
    assert regions(both) == [("top", "top and low", ("country = US, employees >=100",))]


def test_many_territories_that_become_one_are_one_change_with_its_parts() -> None:
    countries = ("US", "CA", "DE", "FR", "GB")
    table = "territory,country,account_type\n" + "".join(f"T{country},{country},\n" for country in countries)
    after = table.replace("account_type\n", "account_type\nPARTNERS,,partner\n")
    merged = next(change for change in compared(geography(table), geography(after)).changes if change.parts)
    assert merged.after == "PARTNERS"
    assert merged.region is not None
    assert merged.region.boxes == ("account_type = partner, any country",)
    assert {part.before for part in merged.parts} == {"no territory", *(f"T{country}" for country in countries)}


def test_layers_that_come_and_go_and_change_places() -> None:
    one = "{layer: a, rules: [{territory: A, when: \"country = 'US'\"}]}"
    two = "{layer: b, rules: [{territory: B, when: \"country = 'DE'\"}]}"
    first, both = {"assignment.yaml": f"layers: [{one}]\n"}, {"assignment.yaml": f"layers: [{one}, {two}]\n"}
    added = compared(first, both).changes
    assert (added[0].subject, added[0].words) == ("layer b", "is new")
    assert regions(added) == [("no territory", "B", ("country = DE",))]
    assert compared(both, first).changes[0].words == "is gone"
    turned = compared(both, {"assignment.yaml": f"layers: [{two}, {one}]\n"}).changes
    assert turned[0].words == "stand in the order b, a instead of a, b: the first decides the owner"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("R1,1,,,", "R2,1,,,", ["R2 instead of R1"]),
        ("R1,1,,,", ",1,,,", ["a vacancy instead of R1"]),
        ("R1,1,,,", "R1,2,,,", ["R1 works it with weight 2 instead of always"]),
        ("R1,1,,,", "R1,1,2026-07-01,,", ["R1 works it from 2026-07-01 instead of always"]),
        ("R1,1,,,", "R1,1,,,\nNA,account_executive,R2,1,,,", ["R2 joins"]),
        ("R1,1,,,\nNA,account_executive,R2,1,,,", "R1,1,,,", ["R2 is no longer there"]),
        ("R1,1,,,", "R1,1,,,\nNA,account_executive,R2,1,2026-07-01,2026-07-14,R1", ["R2 (from 2026-07-01 until 2026-07-14 in place of R1) joins"]),
        ("R1,1,,,\nNA,account_executive,R2,1,,,", "R2,1,,,\nNA,account_executive,R1,1,,,", []),
    ],
)  # fmt: skip
def test_coverage_is_told_by_seat(before: str, after: str, words: list[str]) -> None:
    plans = [
        {**geography(GEOGRAPHY, ""), "c.csv": f"{COVERAGE}NA,account_executive,{rows}\n"} for rows in (before, after)
    ]
    for plan in plans:
        plan["assignment.yaml"] += "coverage: c.csv\n"
    found = compared(*plans).changes
    assert [change.words for change in found] == words
    assert {change.subject for change in found} <= {"coverage of NA as account_executive"}


def test_segments_change_by_band_list_expression_and_copy() -> None:
    bands = "segment: {lists: [{name: top, list: top, field: domain}], bands: {field: employees, edges: {small: 0, large: %s}}}\n"
    before = {"segmentation.yaml": bands % "100", "lists/top.txt": "a.com\n"}
    assert regions(compared(before, {**before, "segmentation.yaml": bands % "200"}).changes) == [
        ("large", "small", ("domain blank or not a.com, employees >=100 and <200",))
    ]
    listed = compared(before, {**before, "lists/top.txt": "a.com\nb.com\n"}).changes
    assert ("small", "top") in {(was, is_now) for was, is_now, _ in regions(listed)}
    spanning = "bands: [{field: employees, edges: {small: 0, large: 100}, when_range_spans: lower}]}"
    [other] = compared(before, {**before, "segmentation.yaml": bands.split("bands:", maxsplit=1)[0] + spanning}).changes
    assert other.words == "a range of employees across two bands is judged by lower instead of middle"
    rules = "region: [{name: %s, when: \"country = 'US'\"}]\n"
    plans = [{"segmentation.yaml": rules % name} for name in ("NA", "AMER")]
    assert regions(compared(*plans).changes) == [("NA", "AMER", ("country = US",))]
    copied = compared({}, {"segmentation.yaml": "industry_group: {copy: [industry, country]}\n"}).changes
    assert [(change.before, change.after) for change in copied] == [("its industry", "its industry and country")]


def test_segments_of_one_kind_of_record_are_told_as_that() -> None:
    after = {"segmentation.yaml": "leads: {segment: [{name: web, when: \"lead_source = 'Web'\"}]}\n"}
    subjects = {change.subject for change in compared({}, after).changes}
    assert subjects == {"segment of leads"}
    lent = {"segmentation.yaml": "contacts: {from_account: [region]}\n"}
    assert {change.words for change in compared({}, lent).changes} == {
        "a contact's segment comes from its own fields instead of its account",
        "a contact's industry group comes from its own fields instead of its account",
    }


def test_grades_change_by_profile_criterion_and_override() -> None:
    text = "profiles: [{profile: p, table: leads, when: \"%s\", criteria: [{criterion: big, employees: '>=%s', thirds: %s}]}]\n"
    before = {"scoring.yaml": text % ("country = 'US'", 100, 1)}
    whose = compared(before, {"scoring.yaml": text % ("country = 'CA'", 100, 1)}).changes
    assert {(was, is_now, boxes) for was, is_now, boxes in regions(whose)} == {
        ("profile p", "no profile", ("country = US",)),
        ("no profile", "profile p", ("country = CA",)),
    }
    changed = compared(before, {"scoring.yaml": text % ("country = 'US'", 200, 2)}).changes
    assert [change.words for change in changed] == [
        "criterion big moves the grade by 2/3 of a letter instead of 1/3",
        "criterion big is no longer met",
    ]
    assert changed[1].region is not None
    assert changed[1].region.boxes == ("employees >=100 and <200",)
    override = {"scoring.yaml": "overrides: [{when: is_free_email, score: 0, reason: free}]\n"}
    assert regions(compared({}, override).changes) == [("nothing is set", "score 0 is set", ("is_free_email = yes",))]


def test_a_criterion_that_comes_or_goes_says_what_it_asks() -> None:
    text = "profiles: [{profile: p, table: leads, criteria: [{criterion: big, employees: '>=100'}%s]}]\n"
    more = text % ", {criterion: near, country: 'US, CA'}"
    [new] = compared({"scoring.yaml": text % ""}, {"scoring.yaml": more}).changes
    assert new.words == "criterion near is new: moves the grade by 1/3 of a letter where country IN ('CA', 'US')"
    [gone] = compared({"scoring.yaml": more}, {"scoring.yaml": text % ""}).changes
    assert gone.words.startswith("criterion near is gone: ")


def test_routing_changes_by_way_pool_deadline_and_disqualification() -> None:
    pools = "pools: [{pool: a, members: [{rep_id: R1}]}, {pool: b, members: [{rep_id: R2}]}]\n"
    rules = "pool_rules: [{pool: %s, country: US}]\nsla: [{minutes: %s, country: US}]\ndisqualify: [%s]\nroutes: [%s]\n"
    before = pools + rules % ("a", 15, "", "")
    after = pools + rules % ("b", 30, "{country: XX}", "{methods: [pool], country: US}")
    changes = compared({"routing.yaml": before}, {"routing.yaml": after}).changes
    assert {(change.subject, change.before, change.after) for change in changes} == {
        ("disqualify", "worked on", "disqualified"),
        ("routes", "the usual methods", "pool"),
        ("pool rules", "pool a", "pool b"),
        ("sla", "15 minutes (business time)", "30 minutes (business time)"),
    }


def test_a_pool_with_another_name_is_told_as_renamed() -> None:
    pools = "pools: [{pool: %s, members: [{rep_id: R1}]}]\npool_rules: [{pool: %s, country: US}]\nfallback_pool: %s\n"
    difference = compared({"routing.yaml": pools % (("a",) * 3)}, {"routing.yaml": pools % (("b",) * 3)})
    assert difference.is_same, difference.changes
    assert [(note.subject, note.words) for note in difference.notes] == [("pool a", "is called b now")]


def test_a_filter_of_matching_changes_where_it_holds() -> None:
    text = "filters: [{name: real, when: \"account_type <> '%s'\"}]\n"
    plans = [{"matching.yaml": text % kind} for kind in ("competitor", "partner")]
    found = compared(*plans).changes
    assert {(change.words, change.region.boxes) for change in found if change.region} == {
        ("when no longer holds", ("account_type = partner",)),
        ("when holds, and did not", ("account_type = competitor",)),
    }


def test_more_cases_than_can_be_compared_are_said_and_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ChartTooLargeError

    monkeypatch.setattr("rightful.runs.difference.choices.differing_regions", refuse)
    [change] = compared(geography(GEOGRAPHY), geography(GEOGRAPHY.replace("FR", "IT"))).changes
    assert change.section == "assignment"
    assert change.words.startswith("the rules have too many cases to describe what changes between them")


def test_very_many_regions_are_described_by_few_boxes_each() -> None:
    rows = [f"T{number},{number}" for number in range(120)]
    plans = [geography("territory,employees\n" + "".join(f"{row}\n" for row in order)) for order in (rows, rows[:1])]
    changes = compared(*plans).changes
    [merged] = [change for change in changes if change.parts]
    assert (merged.after, len(merged.parts)) == ("no territory", 119)
    assert merged.region is not None
    assert merged.region.boxes == ("employees 1, 2, 3, 4, 5, 6, 7, 8 and 111 more",)
    assert regions(merged.parts)[4] == ("T5", "no territory", ("employees 5",))
