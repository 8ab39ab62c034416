"""Measure deduplication: pairwise and cluster F1 on labelled records, beside Splink 5 in the same run.

    python benchmarks/deduplication.py FOLDER [--splink PYTHON] [--only SET ...]

FOLDER holds the real data's folders ``lead_to_account``, ``splink``, ``patstat_names``, ``senzing_truthset``, ``sibur_names`` and
``german_jsc``. PYTHON is an interpreter with Splink 5, pandas and pyarrow; without it Splink's rows are left out:

    uv venv .splink && uv pip install -p .splink 'splink>=5,<6' pandas pyarrow

Nothing is fitted to the labels: weights come from the records, thresholds are fixed before. Pairwise F1 counts pairs of records
in one cluster, cluster F1 clusters of several that are exactly right. Of Splink's thresholds the best by pairwise F1 is shown.
"""

from __future__ import annotations

import argparse
import csv
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from matching import clean_accounts
from rightful.plan.duplicates import DuplicateRules
from rightful.stages.linkage import (
    ACCOUNT_FIELDS,
    OTHER_NAME,
    PERSON_FIELDS,
    Alike,
    Field,
    alike_accounts,
    alike_people,
)
from rightful.stages.linkage.kinds import Kind
from rightful.stages.quality.countries import clean_country
from rightful.stages.quality.dates import parse_date
from rightful.stages.quality.duplicates import find_clusters
from rightful.stages.quality.links import by_evidence, by_keys, strongest
from rightful.stages.quality.person_names import clean_person_name, split_person_name
from rightful.stages.quality.phone import clean_phone
from rightful.stages.quality.readings import read_company_core

Labels = npt.NDArray[np.int64]
DOUBT = 0.5
SURE = 0.95


@dataclass(frozen=True)
class Case:
    """Records with the truth of which are one.

    Attributes:
        records: The columns that are compared, as text.
        truth: Per record the entity it is.
        find: Find pairs of records that may be one.
    """

    records: pa.Table
    truth: Sequence[str]
    find: Callable[[pa.Table], Alike]


def texts(columns: Mapping[str, Iterable[str | None]]) -> pa.Table:
    return pa.table(
        {name: pa.array([value or None for value in values], pa.string()) for name, values in columns.items()}
    )


def people(records: pa.Table, truth: Sequence[str], kinds: Mapping[str, Kind], beside: Sequence[str] = ()) -> Case:
    last = next(name for name in kinds if name in {"surname", "last_name"})
    fields = [
        Field(name, kind, swaps_with=last if name in {"first_name", "given_name"} else "")
        for name, kind in kinds.items()
    ]
    return Case(records.select([*kinds, *beside]), truth, lambda table: alike_people(table, fields))


def companies(names: Sequence[str], truth: Sequence[str], **others: Sequence[str | None]) -> Case:
    """Make accounts of names, cleaned as the quality stage does, and a few other columns."""
    core = [read_company_core("name", name)[1] for name in names]
    nothing = [None] * len(names)
    names = [*(field.name for field in ACCOUNT_FIELDS), OTHER_NAME]
    columns = {name: others.get(name, nothing) for name in names} | {"core_name": core}
    return Case(texts(columns), truth, alike_accounts)


def dev100k(folder: Path) -> Case:
    part = folder / "lead_to_account" / "dev100k"
    cleaned = clean_accounts(part).sort_by("account_id")
    entity = dict(zip(*pq.read_table(part / "account_entities.parquet").to_pydict().values(), strict=True))
    truth = [entity[key] for key in cleaned["account_id"].to_pylist()]
    return Case(cleaned.select([*(field.name for field in ACCOUNT_FIELDS), OTHER_NAME]), truth, alike_accounts)


def fake_1000(folder: Path) -> Case:
    rows = pl.read_csv(folder / "splink" / "fake_1000.csv", infer_schema_length=0)
    kinds = {"first_name": Kind.NAME, "surname": Kind.NAME, "dob": Kind.DATE, "city": Kind.TEXT, "email": Kind.EMAIL}
    return people(texts(rows.to_dict(as_series=False)), rows["cluster"].to_list(), kinds)


def historical_50k(folder: Path) -> Case:
    rows = pl.read_parquet(folder / "splink" / "historical_figures_with_errors_50k.parquet")
    kinds = {
        "first_name": Kind.NAME,
        "surname": Kind.NAME,
        "dob": Kind.DATE,
        "birth_place": Kind.TEXT,
        "postcode_fake": Kind.CODE,
        "occupation": Kind.WORD,
    }
    return people(texts(rows.to_dict(as_series=False)), rows["cluster"].to_list(), kinds)


def febrl(*names: str) -> Callable[[Path], Case]:
    def read(folder: Path) -> Case:
        rows = pl.concat([pl.read_csv(folder / "splink" / name, infer_schema_length=0) for name in names])
        rows = rows.rename({name: name.strip() for name in rows.columns}).with_columns(pl.all().str.strip_chars())
        truth = rows["rec_id"].str.extract(r"rec-(\d+)-").to_list()
        kinds = {
            "given_name": Kind.NAME,
            "surname": Kind.NAME,
            "street_number": Kind.WORD,
            "address_1": Kind.TEXT,
            "suburb": Kind.TEXT,
            "postcode": Kind.CODE,
            "date_of_birth": Kind.DATE,
            "soc_sec_id": Kind.CODE,
        }
        # Splink's example finds candidates by the state as well.
        return people(texts(rows.to_dict(as_series=False)), truth, kinds, beside=("state",))

    return read


def patstat_names(folder: Path) -> Case:
    rows = pl.read_csv(folder / "patstat_names" / "patents.csv", infer_schema_length=0)
    # Coordinates are those of an inventor's town, so they say nothing of the company.
    return companies(rows["name"].to_list(), rows["label_true"].to_list())


def senzing(folder: Path, *, is_company: bool) -> tuple[list[dict[str, str | None]], list[str]]:
    """Read the records of companies or of people, and which are one."""
    part = folder / "senzing_truthset"
    files = [
        pl.read_csv(part / f"{name}.csv", infer_schema_length=0) for name in ("customers", "reference", "watchlist")
    ]
    rows = [row for row in pl.concat(files, how="diagonal").to_dicts() if bool(row["PRIMARY_NAME_ORG"]) is is_company]
    key = pl.read_csv(part / "actual_truthset_key.csv", infer_schema_length=0)
    cluster = {(row["DATA_SOURCE"], row["RECORD_ID"]): row["CLUSTER_ID"] for row in key.to_dicts()}
    ids = [(row["DATA_SOURCE"], row["RECORD_ID"]) for row in rows]
    return rows, [cluster.get(each, "-".join(each)) for each in ids]


def senzing_companies(folder: Path) -> Case:
    """Read its companies; a second name is a company's other name."""
    rows, truth = senzing(folder, is_company=True)
    return companies(
        [row["PRIMARY_NAME_ORG"] or "" for row in rows],
        truth,
        other_name=[
            row["SECONDARY_NAME_ORG"] and read_company_core("name", row["SECONDARY_NAME_ORG"])[1] for row in rows
        ],
        phone=[clean_phone(row["PHONE_NUMBER"], "US").e164 for row in rows],
        country=[clean_country(row["ADDR_COUNTRY"]).code for row in rows],
        street=[row["ADDR_LINE1"] or row["ADDR_FULL"] for row in rows],
        city=[row["ADDR_CITY"] for row in rows],
        state=[row["ADDR_STATE"] for row in rows],
        postal_code=[row["ADDR_POSTAL_CODE"] for row in rows],
    )


def senzing_people(folder: Path) -> Case:
    """Read its people with what a contact has, and their birthday; passports and the like are left out."""
    rows, truth = senzing(folder, is_company=False)
    names = [
        clean_person_name(row["PRIMARY_NAME_FIRST"], row["PRIMARY_NAME_LAST"])
        if row["PRIMARY_NAME_LAST"]
        else split_person_name(row["PRIMARY_NAME_FULL"] or row["NATIVE_NAME_FULL"])
        for row in rows
    ]
    columns = {
        "first_name": [name.first for name in names],
        "last_name": [name.last for name in names],
        "born": [str(parse_date(row["DATE_OF_BIRTH"], day_first=False)[0] or "") for row in rows],
        "email": [row["EMAIL_ADDRESS"] for row in rows],
        "phone": [clean_phone(row["PHONE_NUMBER"], "US").e164 for row in rows],
        "street": [row["ADDR_LINE1"] or row["ADDR_FULL"] for row in rows],
        "city": [row["ADDR_CITY"] for row in rows],
        "postal_code": [row["ADDR_POSTAL_CODE"] for row in rows],
    }
    records = texts(columns | {"core_name": [row["EMPLOYER"] for row in rows]})
    return Case(records, truth, lambda table: alike_people(table, (*PERSON_FIELDS, Field("born", Kind.DATE))))


def german_jsc(folder: Path) -> Case:
    part = folder / "german_jsc"
    rows = [
        row
        for side in ("left", "right")
        for row in csv.DictReader((part / f"{side}.csv").open(encoding="utf-8", newline=""))
    ]
    matched = csv.DictReader((part / "matches.csv").open(encoding="utf-8", newline=""))
    left_of = {row["company_id_right"]: row["company_id_left"] for row in matched}
    truth = [left_of.get(row["company_id"], row["company_id"]) for row in rows]
    return companies([row["company_name"] for row in rows], truth, city=[row["city"] for row in rows])


CASES: dict[str, Callable[[Path], Case]] = {
    "dev100k": dev100k,
    "fake_1000": fake_1000,
    "historical_50k": historical_50k,
    "febrl_3": febrl("dataset3.csv"),
    "febrl_4": febrl("dataset4a.csv", "dataset4b.csv"),
    "patstat_names": patstat_names,
    "senzing companies": senzing_companies,
    "senzing people": senzing_people,
    "german_jsc": german_jsc,
}
WITH_SPLINK = ("dev100k", "fake_1000", "historical_50k", "febrl_3", "febrl_4")


def clustered(alike: Alike, rows: int, least: float, cohesion: float) -> Labels:
    """Form the clusters that the quality stage would, from evidence alone."""
    rules = DuplicateRules(certain=max(least, DOUBT + 1e-9), cohesion=cohesion, largest_cluster=rows + 2)
    found = find_clusters(rows, strongest(by_evidence(alike)), frozenset(), rules)
    return _labels(found.groups, rows)


def keyed(records: pa.Table) -> Labels:
    """Form the clusters of the usual keys of accounts."""
    keys = [("domain", "core_name", "city"), ("phone", "core_name"), ("core_name", "postal_code", "street")]
    links, crowds = by_keys(records, keys, 25)
    return _labels(find_clusters(len(records), links, crowds, DuplicateRules()).groups, len(records))


def _labels(groups: Iterable[Sequence[int]], rows: int) -> Labels:
    labels = np.arange(rows)
    for group in groups:
        labels[list(group)] = group[0]
    return labels


def print_scores(name: str, how: str, found: Labels, truth: Labels, seconds: float) -> None:
    """Print pairwise precision, recall and F1, and F1 of exact clusters of several records."""

    def pairs(labels: Labels) -> int:
        counts = np.unique(labels, return_counts=True)[1]
        return int((counts * (counts - 1) // 2).sum())

    both = pairs(found.astype(np.int64) * (int(truth.max()) + 1) + truth)
    precision, recall = both / max(pairs(found), 1), both / max(pairs(truth), 1)
    exact = len(_several(found) & _several(truth))
    whole = 2 * exact / max(len(_several(found)) + len(_several(truth)), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    print(f"{name:18s}{how:34s}{precision:10.3f}{recall:8.3f}{f1:8.4f}{whole:9.3f}{seconds:9.1f}", flush=True)


def _several(labels: Labels) -> set[tuple[int, ...]]:
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order])) + 1
    return {tuple(part.tolist()) for part in np.split(order, starts) if len(part) > 1}


def by_splink(name: str, case: Case, python: str) -> tuple[dict[float, Labels], float]:
    """Let Splink find the clusters, in a process of its own; give them by threshold, and the CPU seconds with its start."""
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "records.parquet"), Path(folder, "clusters.parquet")
        numbers = pa.array([f"{row:08d}" for row in range(len(case.records))])
        pq.write_table(case.records.append_column("unique_id", numbers), source)
        script = Path(__file__).with_name("duplicates_splink.py")
        started = children_seconds()
        subprocess.run([python, script, name, source, target], check=True, capture_output=True)
        seconds = children_seconds() - started
        rows = pl.read_parquet(target).sort("threshold", "unique_id")
        parts = rows.partition_by("threshold", as_dict=True)
        return {
            float(threshold[0]): np.unique(part["cluster_id"].to_numpy(), return_inverse=True)[1].astype(np.int64)
            for threshold, part in parts.items()
        }, seconds


def children_seconds() -> float:
    """Give what the processes that were started and have ended used of the processors."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_case(name: str, folder: Path, python: str | None) -> None:
    """Print the rows of one data set."""
    case = CASES[name](folder)
    truth = np.unique(case.truth, return_inverse=True)[1].astype(np.int64)
    started = process_time()
    alike = case.find(case.records)
    seconds = process_time() - started
    if name == "dev100k":
        print_scores(name, "the usual keys", keyed(case.records), truth, 0.0)
    for label, least, cohesion in (
        (f"evidence from {DOUBT}", DOUBT, 0.15),
        (f"evidence from {DOUBT}, no guard", DOUBT, 0.0),
        (f"evidence from {SURE}", SURE, 0.15),
    ):
        print_scores(name, label, clustered(alike, len(truth), least, cohesion), truth, seconds)
    if python and name in WITH_SPLINK:
        by_threshold, seconds = by_splink(name, case, python)
        for threshold, found in by_threshold.items():
            print_scores(name, f"Splink 5, clusters from {threshold}", found, truth, seconds)


def name_pairs(folder: Path) -> None:
    """Print how the comparison of company names alone decides labelled pairs of names."""
    rows = [
        row
        for part in ("train", "val")
        for row in list(csv.reader((folder / "sibur_names" / f"{part}.csv").open(encoding="utf-8-sig")))[1:]
    ]
    names = [row[0] for row in rows] + [row[1] for row in rows]
    case = companies(names, [""] * len(names))
    found = case.find(case.records)
    linked = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    same_core = case.records["core_name"].to_pylist()
    label = np.array([row[2] == "1" for row in rows])
    for how, said in (
        ("names equal", [same_core[at] == same_core[at + len(rows)] for at in range(len(rows))]),
        ("evidence", [(at, at + len(rows)) in linked for at in range(len(rows))]),
    ):
        right = int((np.array(said) & label).sum())
        precision, recall = right / max(sum(said), 1), right / int(label.sum())
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(f"{'sibur_names':18s}{how:34s}{precision:10.3f}{recall:8.3f}{f1:8.4f}")


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--splink", help="interpreter with Splink 5")
    parser.add_argument("--only", nargs="+", choices=[*CASES, "sibur_names"], default=[*CASES, "sibur_names"])
    options = parser.parse_args()
    print(f"{'set':18s}{'how':34s}{'precision':>10s}{'recall':>8s}{'F1':>8s}{'clusters':>9s}{'CPU s':>9s}")
    for name in options.only:
        if name == "sibur_names":
            name_pairs(options.folder)
        else:
            run_case(name, options.folder, options.splink)


if __name__ == "__main__":
    sys.exit(main())
