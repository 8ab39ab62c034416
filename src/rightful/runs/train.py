"""Train a score from past conversions, and say honestly what it is worth.

The newest records are set aside before anything is looked at. Columns that leak the outcome are found in the older ones and
left out. What is fitted to the older records is measured on the newest. Then the same recipe is fitted to all records, and
that is what is kept: ``models/lead_score.json`` in the plan's folder, with a report beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from rightful.errors import BookError, Mistake, Place, near_miss
from rightful.plan import Plan
from rightful.plan.scoring import Training
from rightful.plan.trained_score import TrainedScore
from rightful.runs.run import Run
from rightful.runs.training.fit import fit_additive, fit_boosting, predict, trained_score_of
from rightful.runs.training.leaks import Finding, find_unusable
from rightful.runs.training.measure import Evaluation, evaluate
from rightful.runs.training.reading import read_past
from rightful.runs.training.records import PastRecords, past_records

__all__ = ["ARTEFACT", "Comparison", "TrainingRecord", "save", "train", "train_on"]

ARTEFACT = "models/lead_score.json"

Progress = Callable[[str, str, int, int], None]
"""Called with (step's title, what it works on, done, in all)."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Another way to train, measured on the same newest records."""

    name: str
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """What was trained, from what, and what it is worth.

    Attributes:
        source: Where the past records come from.
        label: Column that said whether a record converted.
        order: What the records were ordered by, oldest first.
        rows: Records with a known outcome.
        without_label: Records left out because their outcome is blank.
        trained_rows: Older records that the measured score was fitted to.
        trained_share: Share of them that converted.
        findings: Columns that were not used, and why; also what speaks against columns that the plan keeps.
        used: Columns that were used.
        evaluation: What the score is worth on the newest records.
        comparisons: The same with gradient-boosted trees, and with the leaking columns.
        score: The score, fitted to all records.
    """

    source: str
    label: str
    order: str
    rows: int
    without_label: int
    trained_rows: int
    trained_share: float
    findings: tuple[Finding, ...]
    used: tuple[str, ...]
    evaluation: Evaluation
    comparisons: tuple[Comparison, ...]
    score: TrainedScore

    @property
    def leaks(self) -> tuple[Finding, ...]:
        """Findings of columns that seem to tell the outcome."""
        return tuple(finding for finding in self.findings if finding.is_leak)


def train(plan: Plan, run: Run | None = None, on_progress: Progress | None = None) -> TrainingRecord:
    """Train a score as the plan's ``training`` says: from a file, else from the leads of a run.

    Args:
        plan: The plan.
        run: Run whose leads are learned from, whatever file the plan names; by default the file, else the newest run.
        on_progress: Told how far the work has come.

    Raises:
        BookError: The records cannot be read, or are too few.
        RunError: No file is named, and the plan was not run yet.
    """
    tell = on_progress or _silent
    tell("Reading past records", "", 0, 0)
    source, values = read_past(plan, run)
    return train_on(source, values, plan.scoring.training, tell)


def train_on(
    source: str, values: Mapping[str, Sequence[Any]], training: Training, on_progress: Progress | None = None
) -> TrainingRecord:
    """Train a score on plain columns.

    Args:
        source: Where they come from, as people call it.
        values: Columns by name, all equally long; None is blank.
        training: Label, time, and the columns to exclude or keep.
        on_progress: Told how far the work has come.

    Raises:
        BookError: A column that is named is missing, a value cannot be read, or the records are too few.
    """
    # One thread: several gain nothing on matrices this small, wait for each other on a busy machine, and add in another order.
    with threadpool_limits(1):
        return _train_on(source, values, training, on_progress or _silent)


def _train_on(source: str, values: Mapping[str, Sequence[Any]], training: Training, tell: Progress) -> TrainingRecord:
    _require_known(source, values, training)
    records = past_records(source, values, training.label, training.time, training.blanks)
    border = round(len(records) * (1 - training.test_share))
    older, newer = records.part(0, border), records.part(border, len(records))
    _require_both(source, older, newer)
    tell("Looking for columns that tell the outcome", f"{len(records.columns)} columns", 0, 0)
    findings = find_unusable(older, training.exclude, training.keep)
    used = _usable(records, findings)
    tell("Fitting to the older records", f"{len(older):,} records", 0, 0)
    share = float(older.converted.mean())
    evaluation = evaluate(newer.converted, predict(fit_additive(_with(older, used)), newer), share)
    comparisons = _comparisons(older, newer, findings, used, tell)
    tell("Fitting to all records", f"{len(records):,} records", 0, 0)
    final = fit_additive(_with(records, used))
    return TrainingRecord(
        source=source,
        label=training.label,
        order=records.order,
        rows=len(records),
        without_label=records.without_label,
        trained_rows=len(older),
        trained_share=share,
        findings=findings,
        used=used,
        evaluation=evaluation,
        comparisons=comparisons,
        score=trained_score_of(final, records, training.label, training.fields),
    )


def save(record: TrainingRecord, folder: Path) -> Path:
    """Write the score into a plan's folder as ``models/lead_score.json``; the same record gives the same bytes.

    Returns:
        The path written.
    """
    path = folder / ARTEFACT
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(record.score.model_dump_json(indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)
    return path


def _require_known(source: str, values: Mapping[str, Sequence[Any]], training: Training) -> None:
    named = [*training.exclude, *training.keep, *training.fields]
    unknown = [name for name in dict.fromkeys(named) if name not in values]
    if unknown:
        raise BookError(
            Mistake(
                Place("scoring.yaml"),
                f"training names column {str(name)!r}, which {source} does not have",
                ", ".join(values),
                near_miss(name, list(values)),
            )
            for name in unknown
        )


def _require_both(source: str, older: PastRecords, newer: PastRecords) -> None:
    for part, name in ((older, "older"), (newer, "newest")):
        if part.converted.all() or not part.converted.any():
            problem = (
                f"of the {len(part)} {name} records in {source}, {'all' if part.converted.all() else 'none'} converted"
            )
            remedy = "change training.test_share, or check training.time and training.label"
            raise BookError(Mistake(Place(source), problem, "records of both kinds", remedy))


def _usable(records: PastRecords, findings: Sequence[Finding]) -> tuple[str, ...]:
    dropped = {finding.column for finding in findings if not finding.is_kept}
    used = tuple(column.name for column in records.columns if column.name not in dropped)
    if not used:
        remedy = "name some under training.keep"
        raise BookError(Mistake(Place(records.source), "no column is left to learn from", remedy=remedy))
    return used


def _comparisons(
    older: PastRecords, newer: PastRecords, findings: Sequence[Finding], used: tuple[str, ...], tell: Progress
) -> tuple[Comparison, ...]:
    """Measure what trees would add, and how good the leaking columns would have made it look."""
    share = float(older.converted.mean())
    tell("Comparing", "gradient-boosted trees", 0, 0)
    said = fit_boosting(_with(older, used), _with(newer, used))
    compared = [Comparison("gradient-boosted trees on the same columns", evaluate(newer.converted, said, share))]
    leaking = {finding.column for finding in findings if finding.is_leak and not finding.is_kept}
    if leaking:
        tell("Comparing", "with the leaking columns", 0, 0)
        everything = tuple(column.name for column in older.columns if column.name in leaking or column.name in used)
        said = predict(fit_additive(_with(older, everything)), newer)
        name = "with the leaking columns, which fresh leads lack"
        compared.append(Comparison(name, evaluate(newer.converted, said, share)))
    return tuple(compared)


def _silent(title: str, label: str, done: int, total: int) -> None:
    del title, label, done, total


def _with(records: PastRecords, names: Sequence[str]) -> PastRecords:
    return replace(records, columns=tuple(column for column in records.columns if column.name in names))
