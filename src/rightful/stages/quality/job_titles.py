"""Read what a person works on and how senior the person is from a job title, in about ten languages.

Words of functions and of levels stand in two tables of the package; nothing is learned. Of several functions the one with the
greater weight wins, then the one named first; of several levels the highest. An assistant of somebody is an assistant.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.junk import is_junk
from rightful.stages.quality.word_table import WordTable, words_of

__all__ = ["FUNCTIONS", "LEVELS", "REASONS", "JobTitleReading", "read_job_title"]

REASONS: dict[str, str] = {
    "title_read": "The title's words say what the person works on and how senior the person is.",
    "function_only": "The title's words say what the person works on, but not how senior the person is.",
    "level_only": "The title's words say how senior the person is, but not what the person works on.",
    "assistant_of": "The person assists somebody; the other person's level was not taken.",
    "junk": "The text is a placeholder or a test entry, not a job title.",
    "unreadable": "No word of the title is in the tables of functions and levels.",
}

_FUNCTION_ROWS = read_rows("job_title_functions.csv")
_LEVEL_ROWS = read_rows("job_title_levels.csv")
FUNCTIONS: tuple[str, ...] = tuple(row["function"] for row in _FUNCTION_ROWS)
"""What people work on."""
LEVELS: tuple[str, ...] = tuple(row["level"] for row in _LEVEL_ROWS if row["level"])
"""How senior people are, highest first."""


class _Function(NamedTuple):
    name: str
    weight: int


class _Level(NamedTuple):
    name: str
    rank: int


_FUNCTION_WORDS: WordTable[_Function] = WordTable.of(
    (word, _Function(row["function"], int(row["weight"]))) for row in _FUNCTION_ROWS for word in row["words"].split()
)
_LEVEL_WORDS: WordTable[_Level] = WordTable.of(
    (word, _Level(row["level"], int(row["rank"]))) for row in _LEVEL_ROWS for word in row["words"].split()
)
_ASSISTANT = re.compile(r"(?:assist[ae]n|assitent|asist|asystent|pa$|secretar|sekret|segretar)")
_DEPUTY_OF = frozenset(
    (
        "manager",
        "director",
        "vice",
        "vp",
        "professor",
        "principal",
        "superintendent",
        "head",
        "controller",
        "supervisor",
    )
)
_PARTNER = re.compile(r"(?:^|[/,|&+(-]|\band\b)\s*partner\s*(?:$|[/,|&+()-])", re.IGNORECASE)
_MOST_LETTERS = 200


class JobTitleReading(NamedTuple):
    """What a job title says.

    Attributes:
        function: One of ``FUNCTIONS``; None where no word says.
        level: One of ``LEVELS``; None where no word says.
        reason: A key of ``REASONS``; empty for nothing.
    """

    function: str | None
    level: str | None
    reason: str


def read_job_title(title: str | None) -> JobTitleReading:
    """Read function and level from a job title.

    Example:
        >>> read_job_title("Leiter Vertrieb")
        JobTitleReading(function='Sales', level='Head', reason='title_read')
        >>> read_job_title("営業部長")[:2]
        ('Sales', 'Head')
    """
    if not title or title.isspace():
        return JobTitleReading(None, None, "")
    words = words_of(title[:_MOST_LETTERS])
    functions = _FUNCTION_WORDS.find(words)
    levels = [level for _, level in _LEVEL_WORDS.find(words) if level.name]
    if not functions and not levels:
        return JobTitleReading(None, None, "junk" if is_junk(title) else "unreadable")
    level = _highest(levels)
    is_assistant = level is not None and _is_assistant(words)
    if is_assistant:
        level, is_assistant = _ASSISTING, level != _ASSISTING
    elif (level is None or level.rank < _OWNING.rank) and _PARTNER.search(title):
        level = _OWNING
    function = _best([found for _, found in functions], is_assistant=is_assistant)
    reason = "assistant_of" if is_assistant else "title_read"
    if function is None or level is None:
        reason = "level_only" if function is None else "function_only"
    return JobTitleReading(function.name if function else None, level.name if level else None, reason)


_LEVEL_OF = {row["level"]: _Level(row["level"], int(row["rank"])) for row in _LEVEL_ROWS}
_ASSISTING = _LEVEL_OF["Staff"]
_OWNING = _LEVEL_OF["Owner"]


def _highest(levels: list[_Level]) -> _Level | None:
    """Give the highest level; a junior of something is a junior, unless the something directs."""
    highest = max(levels, key=lambda level: level.rank, default=None)
    is_junior = highest is not None and highest.rank <= _LEVEL_OF["Head"].rank and _LEVEL_OF["Junior"] in levels
    return _LEVEL_OF["Junior"] if is_junior else highest


def _best(functions: list[_Function], *, is_assistant: bool) -> _Function | None:
    """Give the function of the greatest weight; an assistant of the management does not manage."""
    if is_assistant:
        functions = [function for function in functions if function.name != "Executive"]
    return max(functions, key=lambda function: function.weight, default=None)  # the first of equals


def _is_assistant(words: list[str]) -> bool:
    """Tell an assistant of somebody from an assistant manager, who is a manager."""
    for place, word in enumerate(words):
        if _ASSISTANT.match(word):
            behind = words[place + 1 :]
            return word != "assistant" or "to" in behind or not _DEPUTY_OF.intersection(behind)
    return False
