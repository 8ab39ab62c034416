"""Where tables live and how functions run over them."""

from __future__ import annotations

from rightful.engines.duckdb import DuckDBEngine

__all__ = ["DuckDBEngine"]
