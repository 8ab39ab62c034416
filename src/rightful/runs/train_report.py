"""Show what a training was worth: a summary in words, and a page with charts as SVG, readable without anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from rightful.plan import Plan
from rightful.plan.section import rule_fields
from rightful.plan.trained_score import TrainedFeature
from rightful.runs.train import ARTEFACT, TrainingRecord
from rightful.runs.training.measure import CalibrationRow, Evaluation, LiftRow

__all__ = [
    "REPORT",
    "calibration_chart",
    "how_to_use",
    "lift_chart",
    "reasons",
    "record_as_json",
    "report_page",
    "summary_lines",
    "write_report",
]

REPORT = "models/lead_score.html"
_SIZE, _MARGIN = 360, 46
_BLIND = "This score does not rank better than chance for certain: collect more records, or other columns, before you use it."
_BLIND_AUC = 0.5
_AXIS, _GRID, _INK, _PALE = "#444444", "#dddddd", "#1f5fa8", "#9a9a9a"


def summary_lines(record: TrainingRecord) -> tuple[str, ...]:
    """Say in a few lines what was trained and what it is worth."""
    found = record.evaluation
    unknown = f"; {record.without_label:,} without a known outcome left out" if record.without_label else ""
    overall = f"{record.score.conversions:,} converted, {record.score.conversions / record.rows:.1%}"
    older = f"{record.trained_share:.1%} of the {record.trained_rows:,} older"
    newest = f"{found.base_share:.1%} of the {found.rows:,} newest"
    log_loss = f"log loss {found.log_loss:.4f}, base rate alone {found.base_log_loss:.4f}"
    brier = f"Brier score {found.brier:.4f}, base rate alone {found.base_brier:.4f}"
    best = found.lift[0]
    return (
        f"Learned from {record.rows:,} past records of {record.source}, oldest first by {record.order}{unknown}",
        f"Base rate: {overall}; {older}, {newest}",
        f"Fitted to the older, measured on the newest: AUC {_interval(found)}",
        f"Calibration error {found.calibration_error:.1%}; {log_loss}; {brier}",
        f"The most likely tenth converts at {best.actual_share:.1%}, {best.lift:.2f} times the average",
        *(f"For comparison, {each.name}: AUC {_interval(each.evaluation)}" for each in record.comparisons),
        *([_BLIND] if found.auc_low <= _BLIND_AUC else []),
    )


def reasons(record: TrainingRecord) -> list[tuple[str, str]]:
    """Give each column that speaks against its use, in order, with all that speaks against it."""
    against: dict[str, list[str]] = {}
    for each in record.findings:
        kept = "kept by the plan, though " if each.is_kept else ""
        against.setdefault(each.column, []).append(f"{kept}{each.cause} ({each.evidence})")
    return [(column, "; ".join(words)) for column, words in against.items()]


def how_to_use(record: TrainingRecord, plan: Plan) -> str:
    """Say how the plan switches the score on, or what must be done first."""
    known = rule_fields("leads", before="scoring")
    foreign = [feature.field for feature in record.score.features if feature.field not in known]
    if foreign:
        return (
            f"To use it, first say which fields of leads these columns are, under training.fields in scoring.yaml, or name them"
            f" under training.exclude, and train again: {', '.join(foreign)}"
        )
    if plan.scoring.trained_score is not None:
        return "scoring.yaml uses it already; the next run reads the new one."
    return f"To use it, write into scoring.yaml: `trained_score: {ARTEFACT}`, and how much it counts: `trained_points: 30`."


def record_as_json(record: TrainingRecord) -> dict[str, Any]:
    """Give the record as plain data, without the score, which is a file of its own."""
    return {name: value for name, value in asdict(record).items() if name != "score"}


def write_report(record: TrainingRecord, folder: Path) -> Path:
    """Write the report into a plan's folder as ``models/lead_score.html``.

    Returns:
        The path written.
    """
    path = folder / REPORT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report_page(record), encoding="utf-8")
    return path


def report_page(record: TrainingRecord) -> str:
    """Make the report as one HTML page that loads nothing."""
    found = record.evaluation
    sections = [
        "<h1>Trained score</h1>",
        "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in summary_lines(record)) + "</ul>",
        f"<figure>{lift_chart(found)}</figure><figure>{calibration_chart(found)}</figure>",
        "<h2>Lift</h2>"
        + _table(("tenth", "records", "conversions", "converted", "lift", "captured"), _lift_rows(found.lift)),
        "<h2>Calibration</h2>"
        + _table(("records", "said", "happened", "95 % interval"), _calibrated(found.calibration)),
        "<h2>Comparison</h2>" + _table(("", "AUC", "log loss", "Brier"), _compared(record)),
        "<h2>What moves the score</h2>" + _table(("field", "from", "to"), _strengths(record.score.features)),
        "<h2>Columns not used</h2>" + _table(("column", "why"), reasons(record)),
    ]
    style = (
        "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
        "table{border-collapse:collapse}td,th{padding:.2rem .8rem;border-bottom:1px solid #ddd;text-align:left}"
        "figure{display:inline-block;margin:0 1rem 1rem 0}"
    )
    head = f'<meta charset="utf-8"><title>Trained score</title><style>{style}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{"".join(sections)}</body></html>\n'


def lift_chart(found: Evaluation) -> str:
    """Draw which share of the conversions the most likely records hold, against picking at random."""
    total = sum(row.rows for row in found.lift)
    points, so_far = [(0.0, 0.0)], 0
    for row in found.lift:
        so_far += row.rows
        points.append((so_far / total, row.captured_share))
    body = _line([(0.0, 0.0), (1.0, 1.0)], _PALE, dashed=True) + _line(points, _INK)
    body += "".join(_dot(*point) for point in points[1:])
    return _frame("Conversions found, most likely records first", "share of records", "share of conversions", body)


def calibration_chart(found: Evaluation) -> str:
    """Draw what happened against what was said, with 95 % intervals; on the diagonal both agree."""
    body = _line([(0.0, 0.0), (1.0, 1.0)], _PALE, dashed=True)
    for row in found.calibration:
        body += _line([(row.predicted_share, row.low_share), (row.predicted_share, row.high_share)], _INK)
        body += _dot(row.predicted_share, row.actual_share)
    return _frame("Said and happened", "probability said", "share converted", body)


def _frame(title: str, across: str, up: str, body: str) -> str:
    whole = _SIZE + 2 * _MARGIN
    ticks = "".join(
        f'<line x1="{_x(share)}" y1="{_y(0)}" x2="{_x(share)}" y2="{_y(1)}" stroke="{_GRID}"/>'
        f'<line x1="{_x(0)}" y1="{_y(share)}" x2="{_x(1)}" y2="{_y(share)}" stroke="{_GRID}"/>'
        f'<text x="{_x(share)}" y="{_y(0) + 16:g}" text-anchor="middle">{share:.0%}</text>'
        f'<text x="{_x(0) - 6:g}" y="{_y(share) + 4:g}" text-anchor="end">{share:.0%}</text>'
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    names = (
        f'<text x="{whole / 2:g}" y="20" text-anchor="middle" font-size="14">{escape(title)}</text>'
        f'<text x="{whole / 2:g}" y="{whole - 8}" text-anchor="middle">{escape(across)}</text>'
        f'<text transform="translate(12 {whole / 2:g}) rotate(-90)" text-anchor="middle">{escape(up)}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" width="{whole}" height="{whole}" role="img"'
        f' aria-label="{escape(title)}" font-family="system-ui,sans-serif" font-size="11" fill="{_AXIS}">'
        f"{ticks}{names}{body}</svg>"
    )


def _line(points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
    path = " ".join(f"{_x(across)},{_y(up)}" for across, up in points)
    dash = ' stroke-dasharray="4 4"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{dash}/>'


def _dot(across: float, up: float) -> str:
    return f'<circle cx="{_x(across)}" cy="{_y(up)}" r="3.5" fill="{_INK}"/>'


def _x(share: float) -> float:
    return round(_MARGIN + share * _SIZE, 1)


def _y(share: float) -> float:
    return round(_MARGIN + (1 - share) * _SIZE, 1)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _lift_rows(rows: Sequence[LiftRow]) -> list[tuple[str, ...]]:
    return [
        (
            str(row.tenth),
            str(row.rows),
            str(row.conversions),
            f"{row.actual_share:.1%}",
            f"{row.lift:.2f}",
            f"{row.captured_share:.1%}",
        )
        for row in rows
    ]


def _calibrated(rows: Sequence[CalibrationRow]) -> list[tuple[str, ...]]:
    return [
        (
            str(row.rows),
            f"{row.predicted_share:.1%}",
            f"{row.actual_share:.1%}",
            f"{row.low_share:.1%} to {row.high_share:.1%}",
        )
        for row in rows
    ]


def _compared(record: TrainingRecord) -> list[tuple[str, ...]]:
    named = [("this score", record.evaluation), *((each.name, each.evaluation) for each in record.comparisons)]
    rows = [(name, _interval(each), f"{each.log_loss:.4f}", f"{each.brier:.4f}") for name, each in named]
    found = record.evaluation
    return [*rows, ("base rate alone", "0.500", f"{found.base_log_loss:.4f}", f"{found.base_brier:.4f}")]


def _strengths(features: Sequence[TrainedFeature]) -> list[tuple[str, ...]]:
    """Give the least and the most that each field adds to the log-odds, the widest span first."""
    spans = []
    for feature in features:
        added = [*feature.levels.values(), *feature.bins, feature.other, feature.blank]
        spans.append((max(added) - min(added), feature.field, min(added), max(added)))
    spans.sort(key=lambda span: (-span[0], span[1]))
    return [(field, f"{low:+.2f}", f"{high:+.2f}") for _, field, low, high in spans]


def _interval(found: Evaluation) -> str:
    return f"{found.auc:.3f} ({found.auc_low:.3f} to {found.auc_high:.3f})"
