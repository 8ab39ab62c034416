"""What matches are worth, and which of them people should look at.

read_labels         a file of records and the accounts they belong to
evaluate_matches    labels against a run: precision, recall, thresholds, calibration
review_queue        the records whose match is uncertain, for people to answer; the answers are labels
stale_matches       what an earlier run matched and no longer holds, with what changed
"""

from rightful.runs.matches.evaluate import MatchEvaluation, evaluate_matches
from rightful.runs.matches.labels import Label, Labels, read_labels
from rightful.runs.matches.review import Doubt, review_queue, write_review
from rightful.runs.matches.stale import StaleMatch, run_before, stale_matches

__all__ = [
    "Doubt",
    "Label",
    "Labels",
    "MatchEvaluation",
    "StaleMatch",
    "evaluate_matches",
    "read_labels",
    "review_queue",
    "run_before",
    "stale_matches",
    "write_review",
]
