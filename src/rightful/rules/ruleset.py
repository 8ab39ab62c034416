"""Decide records by compiled rules: one at a time in microseconds, or a table at once, with the same answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.errors import BookError, Mistake
from rightful.rules.bitsets import Bitsets
from rightful.rules.compile import Compiled, compiled
from rightful.rules.conditions import Condition
from rightful.rules.diagram import Diagram
from rightful.rules.encode import cells_of
from rightful.rules.literals import Fields
from rightful.rules.matches import Matches, Outcome, combined
from rightful.rules.rule import Rule
from rightful.rules.reasons import condition_on

__all__ = ["FieldReason", "RuleSet", "Size", "compile_rules"]

DEFAULT_MAX_NODES = 250_000
_naming = threading.Lock()


@dataclass(frozen=True, slots=True)
class FieldReason:
    """What a decision saw of one field.

    Attributes:
        field: The field.
        value: Its value in the record.
        words: Value and elementary class in words: *employees 650 is in 500..999*.
        condition: What the first matching rule asks of the field; None where it asks nothing, or no rule matches.
    """

    field: str
    value: object
    words: str
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class Size:
    """How large compiled rules are.

    Attributes:
        nodes: Nodes of all diagrams.
        parts: Diagrams and bitsets.
        size_bytes: Bytes that deciding reads, without the rules' own words.
    """

    nodes: int
    parts: int
    size_bytes: int


@dataclass(frozen=True)
class RuleSet:
    """Compiled rules.

    Attributes:
        rules: The rules, in order of priority.
        compiled: Cells, classes and diagrams: the structure that proofs read.
    """

    rules: tuple[Rule, ...]
    compiled: Compiled
    _named: dict[Outcome, int] = field(default_factory=dict, repr=False, compare=False)
