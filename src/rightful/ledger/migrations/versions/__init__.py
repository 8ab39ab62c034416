"""Revisions, oldest first: first."""
