"""Measure what quality did to the cells."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rightful.crm import OBJECTS, CrmObject, Kind, raw
from rightful.runs.run import Run
from rightful.runs.summary.columns import columns
from rightful.runs.summary.records import Cleaning, FieldQuality, Tally

__all__ = ["cleaning", "field_quality"]

_CLEANED_AS = {"website": "domain", "annual_revenue": "annual_revenue_usd", "amount": "amount_usd"}
_NOTED_AS = {"first_name": "name", "last_name": "name"}
_MOST_REASONS = 4
_SPLIT = frozenset({"full_name"})
"""Fields without a cleaned column of their own: their values go into others."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A source field with its cleaned column, and the names under which notes speak of it."""

    field: str
    cleaned: str
    notes: tuple[str, ...]
    is_text: bool


def _pairs(crm_object: CrmObject) -> list[_Pair]:
    pairs = []
    for field in crm_object.source_fields:
        cleaned = _CLEANED_AS.get(field.name, field.name)
        if field.kind is not Kind.REFERENCE and field.name not in _SPLIT and cleaned in crm_object.rule_fields:
            notes = dict.fromkeys((field.name, cleaned, _NOTED_AS.get(field.name, cleaned)))
            is_text = crm_object.rule_fields[cleaned].kind in (Kind.TEXT, Kind.CODE)
            pairs.append(_Pair(field.name, cleaned, tuple(notes), is_text))
    return pairs


def field_quality(run: Run, notes: tuple[Cleaning, ...]) -> tuple[FieldQuality, ...]:
    """Count what became of each source field; fields that are blank before and after are left out.

    Args:
        run: The run.
        notes: What ``cleaning`` counted: the reasons.
    """
    found = (quality for crm_object in OBJECTS for quality in _qualities(run, crm_object, notes))
    return tuple(quality for quality in found if quality.filled_before or quality.filled_in)


def _qualities(run: Run, crm_object: CrmObject, notes: tuple[Cleaning, ...]) -> list[FieldQuality]:
    pairs = _pairs(crm_object)
    wanted = [name for pair in pairs for name in (raw(pair.field), pair.cleaned)]
    frame = columns(run, crm_object.table, *wanted, "quality_reason").with_columns(_notes())
    counts = frame.select(pl.len().alias("records"), *_named_outcomes(pairs)).collect()
    row = counts.row(0, named=True)
    return [
        FieldQuality(
            table=crm_object.table,
            field=pair.field,
            records=row["records"],
            reasons=_main_reasons(crm_object.table, pair, notes),
            **{part: int(row[f"{pair.field}.{part}"] or 0) for part in _outcomes(pair)},
        )
        for pair in pairs
    ]


def _main_reasons(table: str, pair: _Pair, notes: tuple[Cleaning, ...]) -> tuple[Tally, ...]:
    found: dict[str, int] = {}
    for note in notes:
        if note.table == table and note.field in pair.notes:
            found[note.reason] = found.get(note.reason, 0) + note.cells
    ranked = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return tuple(Tally(*each) for each in ranked[:_MOST_REASONS])


def _outcomes(pair: _Pair) -> dict[str, pl.Expr]:
    before = pl.col(raw(pair.field)).str.contains(r"\S").fill_null(value=False)
    after = pl.col(pair.cleaned).is_not_null()
    changed = pl.col(raw(pair.field)).ne_missing(pl.col(pair.cleaned)) if pair.is_text else _is_noted(pair)
    return {
        "as_it_was": before & after & ~changed,
        "tidied": before & after & changed,
        "filled_in": ~before & after,
        "discarded": before & ~after,
    }


def _is_noted(pair: _Pair) -> pl.Expr:
    """Tell the records whose value was not simply read."""
    return pl.any_horizontal(*(pl.col("notes").str.contains(f"; {name}=", literal=True) for name in pair.notes))


def _notes() -> pl.Expr:
    """Prepare the notes of a record: a time zone that was assumed changes no cell."""
    # "; " in front, so that `amount=` is not found within `list_amount=`.
    noted = pl.concat_str(pl.lit("; "), pl.col("quality_reason").fill_null(""))
    return noted.str.replace_all("=zone_assumed", "", literal=True).alias("notes")


def _named_outcomes(pairs: list[_Pair]) -> list[pl.Expr]:
    return [outcome.sum().alias(f"{pair.field}.{part}") for pair in pairs for part, outcome in _outcomes(pair).items()]


def cleaning(run: Run) -> tuple[Cleaning, ...]:
    """Count cells by table, field and reason, most first."""
    found = [
        Cleaning(crm_object.table, *row)
        for crm_object in OBJECTS
        for row in _reasons(columns(run, crm_object.table, "quality_reason")).iter_rows()
    ]
    return tuple(sorted(found, key=lambda each: (-each.cells, each.table, each.field, each.reason)))


def _reasons(frame: pl.LazyFrame) -> pl.DataFrame:
    """Count ``field=code`` notes; what follows a code, such as the key of a merged record, is no part of it."""
    distinct = frame.group_by("quality_reason").agg(pl.len().alias("cells")).drop_nulls()
    notes = distinct.with_columns(note=pl.col("quality_reason").str.split("; ")).explode("note")
    parts = notes.select(
        pl.col("note").str.extract(r"^([a-z_]+)=").alias("field"),
        pl.col("note").str.extract(r"^[a-z_]+=([^\s:,]+)").alias("reason"),
        "cells",
    ).drop_nulls()
    # A note on the record as a whole (merged_with) is no cell.
    cells = parts.filter(pl.col("field") != "record").group_by("field", "reason").agg(pl.col("cells").sum())
    return cells.select("field", "reason", pl.col("cells").cast(pl.Int64)).collect()
