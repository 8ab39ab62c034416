"""Find duplicates with Splink 5, for the table of ``deduplication.py``; runs in an environment of its own.

    python benchmarks/duplicates_splink.py SET RECORDS.parquet CLUSTERS.parquet

SET is ``fake_1000``, ``historical_50k``, ``febrl_3``, ``febrl_4`` or ``dev100k``. Settings follow the examples that Splink
publishes for its data sets (comparisons, blocking rules, training by expectation-maximisation); for dev100k, which has none,
they are the library's comparisons for the same fields. RECORDS has ``unique_id`` and the columns; CLUSTERS gets ``unique_id``,
``threshold`` and ``cluster_id`` for the probabilities .5, .8, .95 and .99.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (0.5, 0.8, 0.95, 0.99)


@dataclass(frozen=True)
class Recipe:
    """How Splink is told to link a data set: comparisons, blocking rules, rules that are surely right, training passes."""

    comparisons: list[Any]
    blocking: list[Any]
    certain: list[Any]
    training: list[Any]


def exact(name: str) -> Any:
    return cl.ExactMatch(name).configure(term_frequency_adjustments=True)


RECIPES = {
    "fake_1000": Recipe(
        [
            cl.NameComparison("first_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            exact("city"),
            cl.EmailComparison("email"),
        ],
        [block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email")],
        [block_on("first_name", "surname"), block_on("email")],
        [block_on("first_name", "surname"), block_on("dob"), block_on("email")],
    ),
    "historical_50k": Recipe(
        [
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            exact("birth_place"),
            exact("occupation"),
        ],
        [
            block_on("first_name", "surname"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake, 1, 3)", "dob"),
            block_on("substr(postcode_fake, 1, 3)", "surname"),
        ],
        [block_on("first_name", "surname", "dob"), block_on("substr(first_name, 1, 2)", "surname", "postcode_fake")],
        [block_on("first_name", "surname"), block_on("dob")],
    ),
    "febrl": Recipe(
        [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            exact("street_number"),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        ],
        [
            block_on("soc_sec_id"),
            block_on("given_name"),
            block_on("surname"),
            block_on("date_of_birth"),
            block_on("postcode"),
        ],
        [
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
        ],
        [block_on("date_of_birth"), block_on("postcode")],
    ),
    "dev100k": Recipe(
        [
            cl.JaroWinklerAtThresholds("core_name", [0.95, 0.88]).configure(term_frequency_adjustments=True),
            exact("domain"),
            exact("phone"),
            cl.JaroWinklerAtThresholds("street", [0.9]),
            exact("postal_code"),
            exact("city"),
            exact("state"),
            exact("country"),
        ],
        [
            block_on("core_name"),
            block_on("phone"),
            block_on("substr(core_name, 1, 5)", "postal_code"),
            block_on("substr(core_name, 1, 5)", "city"),
            block_on("substr(core_name, 1, 5)", "street"),
        ],
        [block_on("core_name", "postal_code"), block_on("core_name", "phone")],
        [block_on("core_name"), block_on("postal_code", "street")],
    ),
}


def main() -> None:
    """Link the records and write the clusters."""
    name, source, target = sys.argv[1:]
    recipe = RECIPES["febrl" if name.startswith("febrl") else name]
    records = pd.read_parquet(source)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        blocking_rules_to_generate_predictions=recipe.blocking,
        comparisons=recipe.comparisons,
    )
    linker = Linker(DuckDBAPI().register(records), settings)
    linker.training.estimate_probability_two_random_records_match(recipe.certain, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in recipe.training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predictions = linker.inference.predict(threshold_match_probability=THRESHOLDS[0])
    parts = []
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold)
        parts.append(clusters.as_pandas_dataframe()[["unique_id", "cluster_id"]].assign(threshold=threshold))
    pd.concat(parts).astype({"cluster_id": str, "unique_id": str}).to_parquet(target)


if __name__ == "__main__":
    main()
