"""Make the cases of a run from its tables, in order of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from rightful.plan import Plan
from rightful.stages.routing.case import Case
from rightful.stages.routing.context import fact_fields
from rightful.stages.routing.hours import FAR, moment_of
from rightful.stages.routing.route import Context
from rightful.stages.routing.rulings import Rulings

__all__ = ["CaseMaker", "Teams", "company_of", "in_order"]

Teams = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class CaseMaker:
    """What turns records into cases; the desk uses it for one record, a run for tables.

    Attributes:
        plan: The plan.
        rulings: Its rules.
        context: What decides.
        as_of: Moment at which the book is read.
    """

    plan: Plan
    rulings: Rulings
    context: Context
    as_of: int

    def cases(self, table: pa.Table, object_name: str, key: str, teams: Teams) -> list[Case]:
        """Make the cases of a table.

        Args:
            table: The key, owner_id, matched_account_id, created_at, domain, core_name and all fields that rules and pools read.
            object_name: Kind of record.
            key: Name of the key.
            teams: Rep by role, for each account.
        """
        rulings = self.rulings.of_table(table)
        names = [name for name in fact_fields(self.plan) if name in table.column_names]
        facts = zip(*(table[name].to_pylist() for name in names), strict=True) if names else ((),) * table.num_rows
        columns = (key, "owner_id", "matched_account_id", "domain", "core_name")
        # As numbers at once: a column of instants takes long to become one object after another.
        created = table["created_at"].cast(_MICROSECONDS).cast(pa.int64()).to_pylist()
        rows = zip(*(table[name].to_pylist() for name in columns), created, rulings, facts, strict=True)
        arrives = self.plan.routing.decide_at == "arrival"
        made = []
        for record_id, owner, account, domain, core_name, begins, ruling, values in rows:
            moment = self.as_of if begins is None or not arrives else min(begins, self.as_of)
            made.append(
                Case(
                    object_name,
                    record_id,
                    ruling,
                    moment,
                    moment,
                    owner,
                    account,
                    teams.get(account, _NO_TEAM) if account else _NO_TEAM,
                    dict(zip(names, values, strict=True)) if names else _NO_FACTS,
                    company_of(domain, core_name, record_id),
                )
            )
        return made


def company_of(domain: str | None, core_name: str | None, record_id: str) -> str:
    """Give what is the same for records of one company."""
    return domain or core_name or record_id


_MICROSECONDS = pa.timestamp("us", "UTC")
_NO_TEAM: dict[str, str] = {}
_NO_FACTS: dict[str, str | None] = {}


def in_order(cases: Iterable[Case], created: Mapping[tuple[str, str], datetime | None], context: Context) -> list[Case]:
    """Order cases by moment; at the same one, those that stay with their owner first, then by creation, kind and key.

    Args:
        cases: The cases.
        created: When each record was created, by kind and key; None comes last.
        context: Tells who is employed.
    """

    def order(case: Case) -> tuple[int, bool, int, str, str]:
        stays = case.ruling.keeps_current_owner and case.owner_id in context.roster
        arrived = created.get((case.object, case.record_id))
        return (case.moment, not stays, moment_of(arrived) if arrived else FAR, case.object, case.record_id)

    return sorted(cases, key=order)
