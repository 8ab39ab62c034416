"""Which record stands for one that was merged."""

from __future__ import annotations

import narwhals as nw

from rightful.stages.stage import Book, Engine

__all__ = ["survivors_of_accounts"]


def survivors_of_accounts(book: Book, engine: Engine) -> dict[str, str]:
    """Give the survivor of each merged account; a survivor that was merged itself is followed to the end."""
    if "merges" not in book.tables:
        return {}
    merged = engine.collect(book["merges"].filter(nw.col("object") == "account").select("record_id", "survivor_id"))
    step = dict(zip(merged["record_id"].to_pylist(), merged["survivor_id"].to_pylist(), strict=True))
    ends: dict[str, str] = {}
    for record_id, survivor_id in step.items():
        seen, here = {record_id}, survivor_id
        while here in step and here not in seen:
            seen.add(here)
            here = step[here]
        ends[record_id] = here
    return ends
