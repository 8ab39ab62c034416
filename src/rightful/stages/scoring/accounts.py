"""Interest of an account, from that of its people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rightful.plan.scoring import AccountScore
from rightful.stages.scoring.interest import THOUSAND, Interest, ScorePart, points_text

__all__ = ["NO_PEOPLE", "PersonScore", "account_interest"]


@dataclass(frozen=True, slots=True)
class PersonScore:
    """A person of an account: a contact or a lead, with the score from 0 to 100."""

    object: str
    record_id: str
    score: float


def account_interest(people: Iterable[PersonScore], rule: AccountScore, silent: int = 0) -> Interest:
    """Bring the scores of an account's people together.

    Args:
        people: In any order; the best come first, ties by object and then by key.
        rule: How they count.
        silent: Further people whose score is 0; they matter for the average alone.
    """
    listed = list(people)
    best = sorted(
        (each for each in listed if each.score > 0), key=lambda each: (-each.score, each.object, each.record_id)
    )[: 1 if rule.method == "max" else rule.people]
    count = len(listed) + silent
    shares = _shares(rule, len(best), count)
    parts = tuple(_part(person, *share) for person, share in zip(best, shares, strict=True))
    return Interest(sum(part.thousandths for part in parts), parts, _remark(count))


def _shares(rule: AccountScore, best: int, count: int) -> list[tuple[float, str]]:
    """Give what each person's score is multiplied with, and how that reads."""
    if rule.method == "average":
        divisor = max(1, min(rule.people, count))
        return [(1 / divisor, "" if divisor == 1 else f" / {divisor}")] * best
    shares = [rule.factor**place for place in range(best)]
    return [(share, "" if share == 1 else f" x {share:.3g}") for share in shares]


def _part(person: PersonScore, share: float, words: str) -> ScorePart:
    thousandths = round(person.score * THOUSAND)
    name = f"{person.object} {person.record_id}"
    return ScorePart(name, round(thousandths * share), f"score {points_text(thousandths)}{words}")


def _remark(count: int) -> str:
    return f"{count} people" if count > 1 else "1 person" if count else "no people"


NO_PEOPLE = Interest(0, (), _remark(0))
"""What an account without contacts and leads has."""
