"""Scoring: how well a record fits, and how much it is interested."""
