"""Verify a written audit chain with nothing but Python: ``python verify_chain.py FILE [ANCHOR]``.

FILE holds one entry per line: a JSON object in canonical form (keys sorted, no blanks, ASCII). ``hash`` is the SHA-256, in
hexadecimal, of the canonical form of the entry without ``hash``; ``previous`` is the hash of the entry before, empty in the first;
``position`` counts from 1. ANCHOR is a JSON object with ``position`` and ``hash`` of an entry that was once the last: an entry
that is missing at the end of FILE cannot be seen without it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


def canonical(entry: dict[str, object]) -> str:
    """Write an entry in the one form that is hashed."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def problems_of(lines: Iterable[str], anchor: dict[str, object] | None = None) -> Iterator[str]:
    """Tell what is wrong with a chain; nothing when nobody has changed, removed, added or reordered an entry."""
    hashes, at = [""], ""
    for number, line in enumerate(lines, 1):
        try:
            entry = dict(json.loads(line))
        except (ValueError, TypeError):
            entry = {}
        content = {name: value for name, value in entry.items() if name != "hash"}
        if canonical(entry) != line or hashlib.sha256(canonical(content).encode()).hexdigest() != entry.get("hash"):
            yield f"entry {number} was changed: its hash is not that of its content"
        if entry.get("position") != number:
            yield f"entry {number} is out of place: it says that it is entry {entry.get('position')}"
        if entry.get("previous") != hashes[-1]:
            yield f"entry {number} does not follow on the one before: one was changed, removed, inserted or moved"
        if str(entry.get("recorded_at")) <= at:
            yield f"entry {number} was recorded no later than the one before"
        hashes.append(str(entry.get("hash")))
        at = str(entry.get("recorded_at"))
    if anchor and dict(enumerate(hashes)).get(int(str(anchor["position"]))) != anchor["hash"]:
        yield f"entry {anchor['position']}, the anchor, is not in the chain of {len(hashes) - 1}: its end was removed or rewritten"


def main(arguments: list[str]) -> int:
    """Print what is wrong with a file, and give 1; or that it is right, and give 0."""
    lines = Path(arguments[0]).read_text(encoding="ascii").splitlines()
    anchor = json.loads(Path(arguments[1]).read_text(encoding="ascii")) if arguments[1:] else None
    problems = list(problems_of(lines, anchor))
    print("\n".join(problems) or f"the chain holds together: {len(lines)} long")  # noqa: T201 - a program of its own
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
