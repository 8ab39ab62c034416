from __future__ import annotations

import pyarrow as pa

from rightful.plan.quality import DuplicateRules
from rightful.stages.quality.duplicates import find_clusters, rank_survivors

TABLE = pa.table(
    {
        "id": ["A", "B", "C", "D", "E"],
        "domain": ["acme.de", "acme.de", None, None, "globex.com"],
        "phone": [None, "+49", "+49", None, None],
        "account_type": [None, "customer", None, None, None],
        "filled": [2, 4, 2, 1, 2],
    }
)


def groups(cluster: object) -> set[frozenset[int]]:
    rows: dict[int, set[int]] = {}
    for row, number in enumerate(cluster):  # type: ignore[arg-type, var-annotated]
        rows.setdefault(number, set()).add(row)
    return {frozenset(each) for each in rows.values()}


def test_rows_that_agree_on_a_key_are_one_also_through_others() -> None:
    clusters = find_clusters(TABLE, [["domain"], ["phone"]], 25)
    assert groups(clusters.cluster) == {frozenset({0, 1, 2}), frozenset({3}), frozenset({4})}
    assert clusters.key.tolist() == [-1, 0, 1, -1, -1]


def test_blanks_never_agree() -> None:
    assert len(groups(find_clusters(TABLE, [["domain", "phone"]], 25).cluster)) == 5


def test_a_cluster_that_is_too_large_is_taken_apart_and_told() -> None:
    clusters = find_clusters(TABLE, [["domain"], ["phone"]], 2)
    assert len(groups(clusters.cluster)) == 5
    assert clusters.too_large.tolist() == [True, True, True, False, False]


def test_the_preferred_record_comes_first_and_ties_go_to_the_smallest_key() -> None:
    rules = DuplicateRules(prefer=("customer", "most_complete"))
    place = rank_survivors(TABLE, "id", rules).tolist()
    assert sorted(range(5), key=place.__getitem__) == [1, 0, 2, 4, 3]


def test_an_empty_table_has_no_clusters() -> None:
    assert len(find_clusters(TABLE.slice(0, 0), [["domain"]], 25).cluster) == 0
