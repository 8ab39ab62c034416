"""Job titles of real people against the labels of two published sets.

The word tables were written looking at one half of the titles only; a hash of the title says which half it is in. The other
half was measured, never looked at. The labels' own mistakes count against us: they call an assistant of the management
"Management" and a product owner likewise.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from rightful.stages.quality.job_titles import read_job_title

FUNCTION_OF = {
    "Marketing": {"Marketing"},
    "Sales": {"Sales"},
    "Information Technology": {"IT", "Engineering"},
    "Business Development": {"Business Development"},
    "Project Management": {"Project Management"},
    "Consulting": {"Consulting"},
    "Administrative": {"Administration"},
    "Other": {"Operations", "Other"},
    "Purchasing": {"Purchasing"},
    "Customer Support": {"Customer Service"},
    "Human Resources": {"Human Resources"},
}
LEVEL_OF = {
    "Senior": {"Manager", "Senior", "Specialist"},
    "Lead": {"Head"},
    "Director": {"Director"},
    "Management": {"C-Level", "Owner", "VP"},
    "Junior": {"Staff", "Junior"},
}


def _half(path: Path, *, seen: bool) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["label"]) for row in csv.DictReader(file)]
    return [row for row in rows if (hashlib.sha256(row[0].encode()).digest()[0] % 2 == 0) == seen]


@pytest.mark.real
@pytest.mark.parametrize("seen", [True, False], ids=["half looked at", "half never looked at"])
@pytest.mark.parametrize(
    ("file", "labels", "part", "least_share"),
    [("department-v2.csv", FUNCTION_OF, 0, 0.85), ("seniority-v2.csv", LEVEL_OF, 1, 0.85)],
    ids=["function", "level"],
)
def test_labels_agree(
    real_data: Path, file: str, labels: dict[str, set[str]], part: int, least_share: float, *, seen: bool
) -> None:
    titles = _half(real_data / "job_titles" / file, seen=seen)
    right = sum(read_job_title(title)[part] in labels[label] for title, label in titles)
    assert len(titles) > 4000
    assert right / len(titles) >= least_share
