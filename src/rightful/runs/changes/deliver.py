"""Tell the CRM: send what is recorded and due, and read what it answered.

A step is planned (recorded, not sent), sent, confirmed or failed. What failed, or was not looked at, is sent again next time. Of several
steps of one seat that are due at once only the last is sent. A restored step has the same states in its detail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from rightful.connectors.writeback import OWNER_CHANGES, Batch, WriteBack
from rightful.ledger import Ledger, StepState
from rightful.runs.changes.moved import frame_of
from rightful.runs.changes.occasion import Occasion
from rightful.runs.changes.steps import SEAT
from rightful.runs.summary.columns import TABLE_OF_OBJECT

__all__ = ["Delivered", "deliver", "progress_of"]

TO_SEND, UNPROCESSED, CONFIRMED = "to be sent", "not looked at by the CRM", "confirmed"
_SENT, _FAILED = "sent: ", "failed: "


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the CRM was told this time, and how far everything has come.

    Attributes:
        sent: Records sent this time.
        batches: Names of the batches.
        confirmed: Steps that the CRM has confirmed, of all.
        waiting: Steps that were sent and not answered.
        failed: Steps that the CRM refused or did not look at, of all; they are sent again next time.
        scheduled: Steps whose day has not come.
    """

    sent: int = 0
    batches: tuple[str, ...] = ()
    confirmed: int = 0
    waiting: int = 0
    failed: int = 0
    scheduled: int = 0


def progress_of(steps: pl.DataFrame, today: datetime) -> Delivered:
    """Count how far steps have come with the CRM; ``today`` decides what is due."""
    told = _told(steps, today)
    counts = dict(told.group_by("delivery").len().iter_rows())
    return Delivered(
        confirmed=counts.get("confirmed", 0),
        waiting=counts.get("sent", 0),
        failed=counts.get("failed", 0),
        scheduled=counts.get("scheduled", 0),
    )


def deliver(
    ledger: Ledger,
    change_set_id: str,
    occasion: Occasion,
    write_back: WriteBack | None,
    rows_at_most: int,
    tell: Callable[[str, int, int], None],
) -> Delivered:
    """Read what the CRM answered, send what is due, and read again.

    Args:
        ledger: The ledger.
        change_set_id: Of which change set.
        occasion: Who does it; its ``today`` decides what is due.
        write_back: Where the CRM is told; None: nothing is sent.
        rows_at_most: Most rows of a batch.
        tell: Told how far it has come.
    """
    names: list[str] = []
    sent = 0
    if write_back is not None:
        post = _Post(ledger, change_set_id, occasion, write_back)
        post.read_answers()
        for batch, steps in post.due(rows_at_most):
            tell("records for the CRM", sent, 0)
            post.send(batch, steps)
            names.append(batch.name)
            sent += steps.height
        if names:
            post.read_answers()
    progress = progress_of(frame_of(ledger.steps(change_set_id)), occasion.today)
    return Delivered(sent, tuple(names), progress.confirmed, progress.waiting, progress.failed, progress.scheduled)


def _told(steps: pl.DataFrame, today: datetime) -> pl.DataFrame:
    """Give the recorded steps of which the CRM has to know, with how far they have come in ``delivery``, and who owns the record."""
    detail, state = pl.col("state_detail"), pl.col("state")
    restored = state == str(StepState.RESTORED)
    late = pl.col("valid_from") > pl.lit(today, pl.Datetime("us", "UTC"))
    words = (
        pl.when(~restored & (state == str(StepState.SENT))).then(pl.lit("sent"))
        .when(~restored & (state == str(StepState.CONFIRMED))).then(pl.lit("confirmed"))
        .when(~restored & (state == str(StepState.FAILED))).then(pl.lit("failed"))
        .when(~restored & late).then(pl.lit("scheduled"))
        .when(~restored).then(pl.lit("due"))
        .when(detail.str.starts_with(_SENT)).then(pl.lit("sent"))
        .when(detail.str.starts_with(_FAILED)).then(pl.lit("failed"))
        .when(detail == TO_SEND).then(pl.lit("due"))
        .otherwise(pl.lit("confirmed"))
    )  # fmt: skip
    is_told = pl.col("detail").str.json_path_match("$.crm") == "true"
    return steps.filter(is_told, pl.col("position").is_not_null(), state != str(StepState.SKIPPED)).with_columns(
        delivery=words,
        is_restored=restored,
        owner=pl.when(restored).then("rep_id_before").otherwise("rep_id"),
        previous=pl.when(restored).then("rep_id").otherwise("rep_id_before"),
    )


class _Post:
    """Sends and hears about the steps of a change set."""

    def __init__(self, ledger: Ledger, change_set_id: str, occasion: Occasion, write_back: WriteBack) -> None:
        self._ledger, self._name, self._occasion, self._write_back = ledger, change_set_id, occasion, write_back

    def _steps(self) -> pl.DataFrame:
        return _told(frame_of(self._ledger.steps(self._name)), self._occasion.today)

    def due(self, rows_at_most: int) -> Iterator[tuple[Batch, pl.DataFrame]]:
        """Give the batches that are due, and their steps; earlier steps of a seat of which a later one is due are overtaken."""
        due = self._steps().filter(pl.col("delivery").is_in(["due", "failed"]))
        last = due.sort("number").group_by(SEAT, maintain_order=True).last()["number"] if due.height else due["number"]
        overtaken = due.filter(~pl.col("number").is_in(last.implode()))
        if overtaken.height:
            self._mark(overtaken, CONFIRMED)
        position = self._ledger.position.number
        sending = due.filter(pl.col("number").is_in(last.implode())).with_columns(
            is_team=pl.col("kind").str.ends_with(" team member")
        )
        for (_, is_team), part in sending.group_by("object", "is_team", maintain_order=True):
            table = TABLE_OF_OBJECT[part["object"][0]]
            what = "account_team" if is_team else table
            for chunk in part.iter_slices(rows_at_most):
                name = f"{self._name}/{what}-{position:06d}-{chunk['number'][0]:07d}"
                yield self._batch(name, table, chunk), chunk

    def _batch(self, name: str, table: str, steps: pl.DataFrame) -> Batch:
        is_team = pl.col("kind").str.ends_with(" team member")
        rows = steps.select(
            change_id=pl.format("{}-{}", pl.lit(self._name), "number"),
            record_id="record_id",
            role=pl.when(is_team).then("role").otherwise(pl.lit("")),
            owner_id="owner",
            previous_owner_id="previous",
            territory_id=pl.when("is_restored").then("territory_id_before").otherwise("territory_id"),
            effective_at="valid_from",
            reason="reason",
        )
        return Batch(name, table, rows.to_arrow().cast(OWNER_CHANGES))

    def send(self, batch: Batch, steps: pl.DataFrame) -> None:
        """Send a batch, then note it; who is interrupted in between sends it again."""
        self._write_back.send(batch)
        self._mark(steps, f"{_SENT}{batch.name}")

    def read_answers(self) -> None:
        """Read what the CRM said of batches that are under way."""
        under_way = self._steps().filter(pl.col("delivery") == "sent")
        for _, part in under_way.group_by("state_detail", maintain_order=True):
            name = part["state_detail"][0].removeprefix(_SENT)
            receipt = self._write_back.receipt(self._batch(name, TABLE_OF_OBJECT[part["object"][0]], part))
            number_of = {f"{self._name}-{number}": number for number in part["number"].to_list()}
            messages: dict[str, list[int]] = {CONFIRMED: [number_of[each] for each in receipt.confirmed]}
            for change_id, message in receipt.failed.items():
                messages.setdefault(f"{_FAILED}{message}", []).append(number_of[change_id])
            messages[f"{_FAILED}{UNPROCESSED}"] = [number_of[each] for each in receipt.unprocessed]
            for message, numbers in messages.items():
                if numbers:
                    self._mark(part.filter(pl.col("number").is_in(sorted(numbers))), message)

    def _mark(self, steps: pl.DataFrame, detail: str) -> None:
        state = StepState.CONFIRMED
        if detail.startswith(_SENT):
            state = StepState.SENT
        elif detail.startswith(_FAILED):
            state = StepState.FAILED
        occasion = self._occasion
        with self._ledger.write("deliver", at=occasion.at, actor=occasion.actor, change_set_id=self._name) as entry:
            for is_restored, numbers in _by_restored(steps):
                entry.mark_steps(self._name, numbers, StepState.RESTORED if is_restored else state, detail)


def _by_restored(steps: pl.DataFrame) -> Iterator[tuple[bool, Sequence[int]]]:
    for (is_restored,), part in steps.group_by("is_restored", maintain_order=True):
        yield bool(is_restored), part["number"].to_list()
