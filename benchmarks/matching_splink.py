"""Match with Splink 5 for ``matching_speed.py``: the same cleaned columns, no labels, expectation-maximisation, prediction.

Usage: PYTHON benchmarks/matching_splink.py FOLDER SCRATCH

PYTHON has Splink 5 and nothing of Rightful. SCRATCH holds ``splink_accounts.parquet`` and ``splink_leads.parquet``; the likeliest
account of each lead is written to ``splink.parquet`` there, and the last line printed is JSON with seconds, those of the
processors, and peak memory.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from time import perf_counter, process_time

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI

SMALL = 200_000
MOST_PAIRS = 1e7

RULES = [
    block_on("domain"),
    block_on("label"),
    block_on("core_name"),
    block_on("phone"),
    block_on("postal_code", "name_start"),
    block_on("first_word", "city"),
]


def settings() -> SettingsCreator:
    """Compare what both sides have; rarity of names and domains counts by term frequency."""
    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("core_name", [0.95, 0.88, 0.8]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("domain").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("label", [0.92]),
            cl.ExactMatch("phone"),
            cl.ExactMatch("street"),
            cl.ExactMatch("postal_code"),
            cl.ExactMatch("city"),
            cl.ExactMatch("country"),
        ],
        blocking_rules_to_generate_predictions=RULES,
        retain_matching_columns=False,
    )


def main() -> None:
    scratch = Path(sys.argv[2])
    started = perf_counter()
    connection = duckdb.connect()
    api = DuckDBAPI(connection)
    tables = []
    for name in ("leads", "accounts"):
        connection.execute(f"create table {name} as select * from '{scratch / f'splink_{name}.parquet'}'")  # noqa: S608
        tables.append(api.register(name))
    size = connection.execute("select count(*) from accounts").fetchall()[0][0]
    linker = Linker(tables, settings(), log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("domain"), block_on("core_name", "postal_code"), block_on("phone")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=MOST_PAIRS, seed=1)
    share = 1.0 if size <= SMALL else SMALL / size
    for rule in (block_on("core_name"), block_on("domain"), block_on("phone")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=share)
    trained = perf_counter()
    found = linker.inference.predict(threshold_match_probability=0.01)
    best = f"""
        copy (select lead_id, arg_max(account_id, match_probability) as account_id, max(match_probability) as probability
        from (select if(unique_id_l[1] = 'L', unique_id_l, unique_id_r) as lead_id,
                     if(unique_id_l[1] = 'L', unique_id_r, unique_id_l) as account_id, match_probability
              from {found.physical_name}) group by lead_id)
        to '{scratch / "splink.parquet"}'
    """  # noqa: S608 - names of our own
    connection.execute(best)
    done = perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    figures = {"training": trained - started, "predicting": done - trained, "cpu": process_time(), "peak_gb": peak}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
