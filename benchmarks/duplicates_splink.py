"""Find duplicates with Splink 5, for the table of ``deduplication.py``; runs in an environment of its own.

    python benchmarks/duplicates_splink.py SET RECORDS.parquet CLUSTERS.parquet

SET is ``fake_1000``, ``historical_50k``, ``febrl_3``, ``febrl_4`` or ``dev100k``. For its own data sets the settings are those of
the examples that Splink 5 publishes (comparisons, blocking rules, rules that are surely right with their recall, pairs to sample,
training passes), but for seeds, so that the figures stay; for dev100k, which has none, they are the library's comparisons for the
same fields. RECORDS has ``unique_id`` and the columns; CLUSTERS gets ``unique_id``, ``threshold`` and ``cluster_id`` for the
probabilities .5, .8, .95 and .99.

Source: Splink's documentation, ``docs/demos/examples/duckdb``: accuracy_analysis_from_labels_column (fake_1000),
deduplicate_50k_synthetic (historical_50k), febrl3, febrl4 (its detailed model, which links the two halves).
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
    """How Splink is told to link a data set.

    Attributes:
        comparisons: What is compared.
        blocking: Which pairs are compared.
        certain: Rules that are surely right.
        recall: The share of true pairs that they are taken to find.
        training: Passes of expectation-maximisation.
        pairs: Pairs sampled for chance agreement.
        plain: Whether training leaves the rarity of values aside.
        parts: Two tables that are linked, or one that is searched for duplicates.
    """

    comparisons: list[Any]
    blocking: list[Any]
    certain: list[Any]
    recall: float
    training: list[Any]
    pairs: float = 1e6
    plain: bool = False
    parts: int = 1


def exact(name: str) -> Any:
    return cl.ExactMatch(name).configure(term_frequency_adjustments=True)


def rare(comparison: Any) -> Any:
    return comparison.configure(term_frequency_adjustments=True)


SSN_OR_NAME = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]

RECIPES = {
    "fake_1000": Recipe(
        [
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            exact("city"),
            cl.EmailComparison("email"),
        ],
        [block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email")],
        [
            "l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1",
            "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
            "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
            "l.email = r.email",
        ],
        0.7,
        [block_on("dob"), block_on("email"), block_on("first_name", "surname")],
        plain=True,
    ),
    "historical_50k": Recipe(
        [
            cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="both_names"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            exact("birth_place"),
            exact("occupation"),
        ],
        [
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake,1,3)", "dob"),
            block_on("substr(postcode_fake,1,3)", "first_name"),
            block_on("substr(postcode_fake,1,3)", "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
        [
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ],
        0.6,
        [block_on("first_name", "surname"), block_on("dob")],
        pairs=1e7,
        plain=True,
    ),
    "febrl_3": Recipe(
        [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            exact("street_number"),
            exact("postcode"),
        ],
        [
            block_on("soc_sec_id"),
            block_on("given_name"),
            block_on("surname"),
            block_on("date_of_birth"),
            block_on("postcode"),
        ],
        [
            *SSN_OR_NAME,
            "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
        ],
        0.9,
        [block_on("date_of_birth"), block_on("postcode")],
    ),
    "febrl_4": Recipe(
        [
            rare(cl.NameComparison("given_name")),
            rare(cl.NameComparison("surname")),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            exact("street_number"),
            rare(cl.DamerauLevenshteinAtThresholds("postcode", [1, 2])),
        ],
        [
            block_on("given_name", "surname"),
            "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        SSN_OR_NAME,
        0.8,
        [block_on("date_of_birth"), block_on("postcode")],
        plain=True,
        parts=2,
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
        0.7,
        [block_on("core_name"), block_on("postal_code", "street")],
        pairs=5e6,
    ),
}


def main() -> None:
    """Link the records and write the clusters."""
    name, source, target = sys.argv[1:]
    recipe = RECIPES[name]
    records = pd.read_parquet(source)
    if name == "historical_50k":
        records["both_names"] = records["first_name"] + " " + records["surname"]
    settings = SettingsCreator(
        link_type="dedupe_only" if recipe.parts == 1 else "link_only",
        unique_id_column_name="unique_id",
        blocking_rules_to_generate_predictions=recipe.blocking,
        comparisons=recipe.comparisons,
    )
    size = len(records) // recipe.parts
    tables = [records[start : start + size].reset_index(drop=True) for start in range(0, size * recipe.parts, size)]
    database = DuckDBAPI()
    registered = [database.register(table) for table in tables]
    linker = Linker(registered if recipe.parts > 1 else registered[0], settings)
    linker.training.estimate_probability_two_random_records_match(recipe.certain, recall=recipe.recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=recipe.pairs, seed=1)
    for rule in recipe.training:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=recipe.plain
        )
    predictions = linker.inference.predict(threshold_match_probability=THRESHOLDS[0])
    parts = []
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold)
        parts.append(clusters.as_pandas_dataframe()[["unique_id", "cluster_id"]].assign(threshold=threshold))
    pd.concat(parts).astype({"cluster_id": str, "unique_id": str}).to_parquet(target)


if __name__ == "__main__":
    main()
