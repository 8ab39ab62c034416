"""Routing: which rep acts on a lead or contact now."""

from __future__ import annotations
