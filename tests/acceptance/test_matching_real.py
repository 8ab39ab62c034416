"""Matching on real organisation names with noisy leads: a part of the benchmark, small enough for a test."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from rightful.plan import plan_from
from rightful.stages.matching import Matcher

pytestmark = pytest.mark.real

ACCOUNTS, LEADS = 15_000, 1_000
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "matching.py"


@pytest.fixture(scope="module")
def benchmark_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("matching_benchmark", BENCHMARK)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cut a part of the benchmark out, with as many leads that belong to nobody as the whole has: three in ten."""
    source, made = real_data / "lead_to_account" / "dev100k", tmp_path_factory.mktemp("leads")
    entities = pq.read_table(source / "account_entities.parquet").slice(0, ACCOUNTS)
    truth, leads = pq.read_table(source / "truth.parquet"), pq.read_table(source / "leads.parquet")
    assert truth["lead_id"].equals(leads["lead_id"])
    is_here = pc.is_in(truth["entity_id"], value_set=pc.unique(entities["entity_id"]))
    here = pc.indices_nonzero(is_here).slice(0, LEADS * 7 // 10)
    nobody = pc.indices_nonzero(pc.equal(truth["entity_id"], "")).slice(0, LEADS * 3 // 10)
    chosen = pa.concat_arrays([here, nobody])
    pq.write_table(entities, made / "account_entities.parquet")
    pq.write_table(truth.take(chosen), made / "truth.parquet")
    pq.write_table(pq.read_table(source / "accounts.parquet").slice(0, ACCOUNTS), made / "accounts.parquet")
    pq.write_table(leads.take(chosen), made / "leads.parquet")
    return made


def test_real_names_are_matched_rightly(benchmark_module: ModuleType, folder: Path) -> None:
    leads = benchmark_module.clean_leads(folder, None)
    matcher = Matcher.of(benchmark_module.clean_accounts(folder), plan_from({}))
    found = matcher.match("leads", leads)
    assert found.matches.num_rows == LEADS
    truth = pq.read_table(folder / "truth.parquet").to_pydict()
    entities = pq.read_table(folder / "account_entities.parquet").to_pydict()
    result = benchmark_module.scores(
        found.matches.to_pylist(),
        dict(zip(entities["account_id"], entities["entity_id"], strict=True)),
        dict(zip(truth["lead_id"], truth["entity_id"], strict=True)),
    )
    assert result.f1 > 0.94
    assert result.precision > 0.95
    assert result.calibration_error < 0.04
    _same_one_by_one(matcher, leads.slice(0, 100), found.matches)


def _same_one_by_one(matcher: Matcher, leads: pa.Table, matches: pa.Table) -> None:
    for record, decided in zip(leads.to_pylist(), matches.slice(0, len(leads)).to_pylist(), strict=True):
        one = matcher.match_one("leads", record)
        assert (one.account_id, one.reason) == (decided["matched_account_id"], decided["match_reason"])
