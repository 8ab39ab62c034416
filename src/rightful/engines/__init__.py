"""Where tables live and how functions run over them."""

from __future__ import annotations

from rightful.engines.collector import paused_collector
from rightful.engines.duckdb import DuckDBEngine

__all__ = ["DuckDBEngine", "paused_collector"]
