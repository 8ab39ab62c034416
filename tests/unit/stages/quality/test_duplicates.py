from __future__ import annotations

import pyarrow as pa

from rightful.plan.duplicates import DuplicateRules, SameOrNot
from rightful.stages.quality.duplicates import Clusters, find_clusters, rank_survivors
from rightful.stages.quality.links import Link, by_keys

TABLE = pa.table(
    {
        "id": ["A", "B", "C", "D", "E"],
        "domain": ["acme.de", "acme.de", None, None, "globex.com"],
        "phone": [None, "+49", "+49", None, None],
        "account_type": [None, "customer", None, None, None],
        "filled": [2, 4, 2, 1, 2],
    }
)


def clustered(keys: list[list[str]], largest: int = 25, table: pa.Table = TABLE) -> Clusters:
    rules = DuplicateRules(largest_cluster=largest)
    links, crowds = by_keys(table, keys, largest)
    return find_clusters(len(table), links, crowds, rules)


def test_rows_that_agree_on_a_key_are_one_also_through_others() -> None:
    assert clustered([["domain"], ["phone"]]).groups == ((0, 1, 2),)
    links, _ = by_keys(TABLE, [["domain"], ["phone"]], 25)
    assert {pair: link.found_by for pair, link in links.items()} == {(0, 1): "domain", (1, 2): "phone"}


def test_blanks_never_agree() -> None:
    assert clustered([["domain", "phone"]]).groups == ()


def test_a_cluster_that_is_too_large_is_taken_apart_and_told() -> None:
    clusters = clustered([["domain"], ["phone"]], 2)
    assert (clusters.groups, clusters.too_large) == ((), {0, 1, 2})


def test_a_key_that_too_many_share_links_none_of_them() -> None:
    table = pa.table({"domain": ["a.com"] * 4, "phone": ["+1", "+1", None, None]})
    clusters = clustered([["domain"], ["phone"]], 3, table)
    assert (clusters.groups, clusters.too_large) == ((), {0, 1, 2, 3})


def test_a_chain_is_cut_at_its_weakest_link_and_told() -> None:
    sure, weak = Link(1.0, "email", ""), Link(0.96, "evidence", "")
    triangles = dict.fromkeys(((0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)), sure)
    links = {**triangles, (2, 3): weak}
    clusters = find_clusters(6, links, frozenset(), DuplicateRules())
    assert (clusters.groups, clusters.cut) == (((0, 1, 2), (3, 4, 5)), {(2, 3)})
    assert find_clusters(6, links, frozenset(), DuplicateRules(cohesion=0)).groups == ((0, 1, 2, 3, 4, 5),)


def test_links_that_are_not_certain_join_nothing_but_count_for_cohesion() -> None:
    links = {(0, 1): Link(1.0, "email", ""), (1, 2): Link(0.6, "evidence", ""), (3, 4): Link(0.6, "evidence", "")}
    assert find_clusters(5, links, frozenset(), DuplicateRules()).groups == ((0, 1),)


def test_what_people_decided_holds_against_keys_and_through_others() -> None:
    apart = Link(0.0, "decision", "")
    links = {(0, 1): Link(1.0, "email", ""), (0, 2): apart, (1, 2): Link(1.0, "email", "")}
    assert find_clusters(3, links, frozenset(), DuplicateRules()).groups == ((0, 1),)
    together = {(0, 1): Link(1.0, "decision", "")}
    assert find_clusters(2, together, frozenset({0, 1}), DuplicateRules()).groups == ((0, 1),)


def test_the_preferred_record_comes_first_and_ties_go_to_the_smallest_key() -> None:
    rules = DuplicateRules(prefer=("customer", "most_complete"))
    place = rank_survivors(TABLE, "id", rules).tolist()
    assert sorted(range(5), key=place.__getitem__) == [1, 0, 2, 4, 3]


def test_a_person_s_survivor_comes_before_all_criteria() -> None:
    decided = SameOrNot(record_id="B", other_id="C", is_same=True, survivor_id="C")
    place = rank_survivors(TABLE, "id", DuplicateRules(prefer=("customer",), decisions=(decided,))).tolist()
    assert min(range(5), key=place.__getitem__) == 2


def test_an_empty_table_has_no_clusters() -> None:
    assert clustered([["domain"]], table=TABLE.slice(0, 0)).groups == ()
