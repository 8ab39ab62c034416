"""Train the weights of matching: on labels, on the links of the CRM, or on the book alone; and say what that is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import BookError, Mistake
from rightful.plan import Plan
from rightful.plan.matching_weights import MatchingWeights
from rightful.runs.matches.expectation import fit_without_labels
from rightful.runs.matches.figures import CalibrationBin, Score, Threshold, calibration_of, score_of, threshold_of
from rightful.runs.matches.fitting import FOLDS, fit_weights, folds_of
from rightful.runs.matches.labels import TABLES, Label
from rightful.runs.matches.pairs import PairSample, sample_of, scores
from rightful.runs.run import Run
from rightful.stages.matching.index import CandidateIndex
from rightful.stages.matching.names import Spellings
from rightful.stages.matching.parties import ACCOUNT_COLUMNS, PERSON_COLUMNS, read_accounts, read_people
from rightful.stages.matching.weighing import Weighing, shipped_weights

__all__ = [
    "ARTEFACT",
    "Foretold",
    "MatchTraining",
    "crm_labels",
    "save_weights",
    "train_matching",
    "train_without_labels",
]

ARTEFACT = "models/matching_weights.json"
FEWEST_RECORDS = 50
"""Records with an account, and a fifth as many without one: fewer teach nothing."""

_STRENGTHS = (4.0, 16.0, 64.0)
_WANTED = (0.95, 0.98, 0.99)
# With so many labels the weakest pull is right, and trying the others takes minutes.
_MANY_RECORDS = 3_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Foretold:
    """How well weights foretell which accounts are right, over the likeliest account of each labelled record.

    Attributes:
        score: What is matched from the plan's ``strong`` on.
        thresholds: By wanted precision.
        calibration: What was said, and what was right.
    """

    score: Score
    thresholds: tuple[Threshold, ...]
    calibration: tuple[CalibrationBin, ...]


@dataclass(frozen=True, slots=True)
class MatchTraining:
    """What was trained, and what it is worth on records that it was not fitted to.

    Attributes:
        records: Labelled records, or all where there were no labels.
        before: What the shipped weights are worth; None without labels.
        after: What trained weights are worth, each record judged by weights fitted to the others; None without labels.
        is_better: Whether the trained weights foretell better; else those before are kept.
        weights: The weights to use.
    """

    records: int
    before: Foretold | None
    after: Foretold | None
    is_better: bool
    weights: MatchingWeights


def crm_labels(run: Run) -> tuple[Label, ...]:
    """Give the accounts that leads and contacts have in the CRM as labels."""
    kept = set(run.frame("accounts")["account_id"].to_list())
    labels: list[Label] = []
    for name, table in TABLES.items():
        rows = run.scan(table).select(OBJECT_OF_TABLE[table].key, "account_id").collect().iter_rows()
        labels.extend(Label(name, key, frozenset((account,))) for key, account in rows if account in kept)
    return tuple(labels)


def train_matching(plan: Plan, run: Run, labels: Sequence[Label], *, has_strangers: bool = True) -> MatchTraining:
    """Fit weights to labelled records, pulled towards the shipped ones.

    Args:
        plan: Its spellings and ``strong``.
        run: Its cleaned records.
        labels: What is right.
        has_strangers: False where the labels cannot tell of records without an account, as links of the CRM cannot.

    Raises:
        BookError: The labels are too few, or all of one kind.
    """
    _require_enough(labels, has_strangers=has_strangers)
    return train_on(_sample(plan, run, labels), len(labels), plan.matching.strong, has_strangers=has_strangers)


def train_on(sample: PairSample, records: int, strong: float, *, has_strangers: bool = True) -> MatchTraining:
    """Fit weights to a sample; how strongly they are pulled towards the shipped ones, the records themselves decide."""
    before = shipped_weights()
    strengths = _STRENGTHS if records <= _MANY_RECORDS else _STRENGTHS[:1]
    said = {strength: _cross_fitted(sample, before, strength, fits_prior=has_strangers) for strength in strengths}
    strength = min(strengths, key=lambda each: _loss(sample, said[each]))
    own = scores(sample, before)[1]
    is_better = _loss(sample, said[strength]) < _loss(sample, own)
    weights = fit_weights(sample, before, strength, fits_prior=has_strangers) if is_better else before
    told = {"source": f"{records} labelled records of this plan's book", "records": records}
    return MatchTraining(
        records,
        _foretold("before", sample, own, strong),
        _foretold("after", sample, said[strength], strong),
        is_better,
        weights.model_copy(update=told) if is_better else weights,
    )


def train_without_labels(plan: Plan, run: Run) -> MatchTraining:
    """Fit weights to the book alone, by what likely and unlikely pairs have in common."""
    records = [
        Label(name, key, frozenset())
        for name, table in TABLES.items()
        for key in run.frame(table)[OBJECT_OF_TABLE[table].key].to_list()
    ]
    before = shipped_weights()
    weights = fit_without_labels(_sample(plan, run, records), before)
    told = {"source": f"{len(records)} records of this plan's book, without labels", "records": len(records)}
    return MatchTraining(len(records), None, None, True, weights.model_copy(update=told))  # noqa: FBT003 - a field


def save_weights(training: MatchTraining, folder: Path) -> Path:
    """Write the weights into a plan's folder; the same training gives the same bytes."""
    path = folder / ARTEFACT
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(training.weights.model_dump_json(indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)
    return path


def _require_enough(labels: Sequence[Label], *, has_strangers: bool) -> None:
    known = sum(bool(label.account_ids) for label in labels)
    strangers = len(labels) - known
    if known < FEWEST_RECORDS:
        problem = f"{known} labels name an account"
        raise BookError(Mistake(None, problem, f"{FEWEST_RECORDS} or more", "answer more of `rightful match review`"))
    if has_strangers and strangers < FEWEST_RECORDS // 5:
        problem = (
            f"{strangers} labels say that a record belongs to no account: nobody can tell how often matches are wrong"
        )
        raise BookError(Mistake(None, problem, f"{FEWEST_RECORDS // 5} or more", "label some with `none`"))


def _sample(plan: Plan, run: Run, labels: Sequence[Label]) -> PairSample:
    spellings = Spellings.of(plan.matching.spellings)
    accounts = run.scan("accounts").select("account_id", *ACCOUNT_COLUMNS).sort("account_id").collect()
    ids = accounts["account_id"].to_list()
    index = CandidateIndex.build(ids, read_accounts(accounts.to_arrow(), spellings))
    place = {account_id: number for number, account_id in enumerate(ids)}
    wanted = pl.DataFrame(
        [(label.object, label.record_id) for label in labels], ["object", "record_id"], orient="row"
    ).lazy()
    people = pl.concat(
        [
            run.scan(table).select(
                pl.lit(name).alias("object"), pl.col(OBJECT_OF_TABLE[table].key).alias("record_id"), *PERSON_COLUMNS
            )
            for name, table in TABLES.items()
        ]
    )
    rows = wanted.join(people, on=["object", "record_id"], how="left", maintain_order="left").collect()
    right = [frozenset(place[each] for each in label.account_ids if each in place) for label in labels]
    return sample_of(index, read_people(rows.select(PERSON_COLUMNS).to_arrow(), spellings), right, Weighing.of())


def _cross_fitted(sample: PairSample, before: MatchingWeights, strength: float, *, fits_prior: bool) -> Floats:
    """Give the probability of each pair by weights fitted to the other records."""
    said = np.zeros(len(sample.is_right))
    folds = folds_of(len(sample.has_account))
    for number in range(FOLDS):
        fitted = fit_weights(sample.part(folds != number), before, strength, fits_prior=fits_prior)
        said[(folds == number)[sample.pairs.person]] = scores(sample.part(folds == number), fitted)[1]
    return said


def _loss(sample: PairSample, probability: Floats) -> float:
    """Give the mean surprise at whether the likeliest account of each record is right."""
    best = sample.likeliest(probability)
    told = np.where(sample.is_right[best], probability[best], 1 - probability[best])
    return float(-np.log(np.clip(told, 1e-9, 1)).mean())


def _foretold(name: str, sample: PairSample, probability: Floats, strong: float) -> Foretold:
    best = sample.likeliest(probability)
    said, right, person = probability[best], sample.is_right[best], sample.pairs.person[best]
    is_matched, is_right = np.zeros(len(sample.has_account), bool), np.zeros(len(sample.has_account), bool)
    is_matched[person], is_right[person] = said >= strong, right
    accounts = int(sample.has_account.sum())
    return Foretold(
        score_of(name, sample.has_account, is_matched, is_matched & is_right),
        tuple(threshold_of(said, right, accounts, wanted) for wanted in _WANTED),
        calibration_of(said, right),
    )
