"""Replay: what would have happened, had another plan held."""

from __future__ import annotations

from rightful.runs.replay.course import Version
from rightful.runs.replay.from_book import EventsOfBook, write_events
from rightful.runs.replay.replay import Against, Replay, ReplayOptions, replay

__all__ = ["Against", "EventsOfBook", "Replay", "ReplayOptions", "Version", "replay", "write_events"]
