"""A sample company: a plan that shows every feature, and a book with the disorder of real CRMs. Nobody in it exists."""

from __future__ import annotations

from rightful.sample.write import SampleSummary, write_sample

__all__ = ["SampleSummary", "write_sample"]
