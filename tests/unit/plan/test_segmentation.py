from __future__ import annotations

import pytest

from rightful.errors import PlanError
from rightful.plan import plan_from
from rightful.plan.segmentation import Output, SegmentRule, output_fields


def mistakes_in(text: str, **files: str) -> list[str]:
    with pytest.raises(PlanError) as caught:
        plan_from({"segmentation.yaml": text, **{name.replace("__", "."): each for name, each in files.items()}})
    return [str(mistake) for mistake in caught.value.mistakes]


def test_an_empty_plan_leaves_all_outputs_to_the_usual_rules() -> None:
    section = plan_from({}).segmentation
    assert section.output_for("accounts", "region") is None
    assert section.contacts.from_account == ("region", "industry_group", "segment")


def test_short_forms_mean_the_long_ones() -> None:
    rules = (SegmentRule(name="EMEA", when=None),)
    plan = plan_from(
        {
            "segmentation.yaml": """
region: [{name: EMEA}]
industry_group: {copy: industry}
segment: {bands: {field: employees, edges: {SMB: 0, ENT: 1000}}}
"""
        }
    )
    section = plan.segmentation
    assert section.region == Output(rules=rules)
    assert section.industry_group == Output(copy_of=("industry",))
    assert section.segment is not None
    assert section.segment.bands[0].edges == {"SMB": 0.0, "ENT": 1000.0}


def test_a_decision_table_is_read_from_csv_with_its_places() -> None:
    csv = 'name,country,employees,rule\nEMEA,"DE, FR",>=100,core\nNA,US,,\n'
    plan = plan_from({"segmentation.yaml": "region: {rules: regions.csv}", "regions.csv": csv})
    assert plan.segmentation.region is not None
    first, second = plan.segmentation.region.rules
    assert (first.name, first.rule, {field: cell.text for field, cell in first.cells.items()}) == (
        "EMEA",
        "core",
        {"country": "DE, FR", "employees": ">=100"},
    )
    assert str(second.cells["country"].place) == "regions.csv:3:2"
    assert plan_from({"segmentation.yaml": "region: regions.csv", "regions.csv": csv}).segmentation == plan.segmentation


def test_an_objects_own_block_wins() -> None:
    section = plan_from({"segmentation.yaml": "region: [{name: A}]\nleads: {region: [{name: B}]}"}).segmentation
    for table, name in (("accounts", "A"), ("leads", "B"), ("contacts", "A")):
        found = section.output_for(table, "region")  # type: ignore[arg-type]
        assert found is not None
        assert found[0].rules[0].name == name


def test_fields_of_later_stages_and_outputs_cannot_be_used() -> None:
    fields = output_fields(None, "segment")
    assert {"region", "industry_group", "country", "title"} <= set(fields)
    assert not {"segment", "persona", "parent_id", "score"} & set(fields)
    assert "title" not in output_fields("accounts", "region")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "region: [{name: X, contry: DE}]",
            ("segmentation.yaml:1:28: unknown field or key 'contry'", "Did you mean 'country'?"),
        ),
        ("region: [{name: X, when: 'employes > 1'}]", ("segmentation.yaml:1:", "employes", "employees")),
        ("region: [{name: X, segment: SMB}]", ("unknown field or key 'segment'",)),
        ("accounts: {region: [{name: X, title: CEO}]}", ("unknown field or key 'title'",)),
        ("accounts: {persona: [{name: X}]}", ("unknown key 'persona'", "region, industry_group, segment")),
        ("region: [{when: 'employees > 1'}]", ("key 'name' is missing",)),
        (
            "segment: {bands: {field: country, edges: {A: 0}}}",
            ("segmentation.yaml:1:26: unknown number field 'country'", "employees"),
        ),
        (
            "segment: {bands: {field: employees, edges: {A: 100, B: 100}}}",
            ("edge 100 of 'B' is not above edge 100 of 'A'",),
        ),
        ("segment: {bands: {field: employees, edges: {A: many}}}", ("A is 'many'", "a number such as")),
        (
            "segment: {bands: {field: employees, edges: {A: 0}, when_range_spans: midle}}",
            ("'midle'", "Did you mean 'middle'?"),
        ),
        (
            "segment: {lists: [{name: S, list: stratgic}]}",
            ("segmentation.yaml:1:35: unknown list 'stratgic'", "Did you mean 'strategic'?"),
        ),
        ("segment: {lists: [{name: S, list: strategic, field: employees}]}", ("unknown text field 'employees'",)),
        ("industry_group: {copy: indstry}", ("unknown text field 'indstry'", "Did you mean 'industry'?")),
        ("contacts: {from_account: [persona]}", ("'persona' is no from_account", "region")),
    ],
)
def test_mistakes_say_place_allowed_and_remedy(text: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(PlanError) as caught:
        plan_from({"segmentation.yaml": text, "lists/strategic.txt": "a.com"})
    shown = str(caught.value)
    for part in parts:
        assert part in shown, shown


def test_all_mistakes_are_reported_at_once() -> None:
    found = mistakes_in("region: [{name: X, a: 1}, {name: Y, b: 2}]\nsegment: {copy: nothing}")
    assert len(found) == 3
