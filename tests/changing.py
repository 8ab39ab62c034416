"""A plan and book in which a change set has every kind of step, and somebody to propose, approve and apply it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from rightful.ledger import Ledger, open_ledger
from rightful.plan import Plan, load_plan
from rightful.runs.changes import Occasion
from rightful.runs.run import Run
from tiny import Content, write_tiny

__all__ = ["CHANGING", "NOW", "Scene", "scene", "write_changing"]

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
CHANGING: Mapping[str, Content] = {
    "assignment.yaml": """\
roles: [account_executive, customer_success]
territories: territories.csv
layers:
  - layer: geography
    rules: geography.csv
coverage: coverage.csv
pins:
  - {record_id: A6, rep_id: R1, reason: knows them, pinned_by: ann}
families: {policy: descendants, layers: [geography]}
opportunities:
  moves:
    stays_when: stage = 'Negotiation'
    keeps_when: stage = 'Proposal'
    keeps_days: 30
    keeps_at_most: 1
    stage_order: [Prospecting, Proposal, Negotiation]
""",
    "changes.yaml": """\
locks:
  - {record_id: A7, reason: in court, locked_by: ann}
approval: {own_records_at_most: 3, approvers: [bob]}
write_back: {rows_at_most: 4}
""",
    "coverage.csv": """\
territory,role,rep_id,ends_on,covers
NA,account_executive,R4,,
NA,customer_success,R6,,
EU,account_executive,R2,,
EU,account_executive,R5,2026-07-31,R2
""",
    "book/accounts.csv": """\
account_id,name,website,country,employees,industry,parent_account_id,owner_id
A1,Acme Inc,acme.com,US,1200,Software,,R1
A2,Acme Canada Ltd,acme.ca,CA,80,Software,A1,R1
A3,Globex Corp,globex.com,US,300,Banking,,R4
A4,Initech SARL,initech.fr,FR,25,Software,,R2
A5,Wayne Kabushiki,wayne.co.jp,JP,900,Banking,,R1
A6,Hooli Inc,hooli.com,US,700,Software,,R1
A7,Umbrella Corp,umbrella.com,US,50,Banking,,R1
A8,Stark Inc,stark.com,US,60,Banking,,
""",
    "book/contacts.csv": """\
contact_id,first_name,last_name,title,email,account_id,owner_id
C1,Ann,Smith,VP Finance,ann@acme.com,A1,R1
C2,Bob,Jones,Engineer,bob@globex.com,A3,R4
C3,Cleo,Roy,CFO,cleo@initech.fr,A4,R2
""",
    "book/opportunities.csv": """\
opportunity_id,name,account_id,amount,stage,created_on,close_on,owner_id
O1,Acme licences,A1,50000,Negotiation,2026-05-01,2026-09-01,R1
O2,Acme pilot,A1,8000,Closed Won,2026-01-10,2026-03-01,R1
O3,Acme big,A1,90000,Proposal,2026-05-01,2026-09-01,R1
O4,Acme small,A1,10000,Proposal,2026-05-01,2026-09-01,R1
O5,Acme new,A1,70000,Prospecting,2026-05-01,2026-12-01,R1
O6,Umbrella case,A7,5000,Prospecting,2026-05-01,2026-12-01,R1
""",
    "book/orders.csv": "order_id,account_id,amount,ordered_on,owner_id\nD1,A1,8000,2026-03-02,R1\n",
    "book/tasks.csv": "task_id,subject,account_id,lead_id,status,due_on,owner_id\nT1,Call Acme,A1,,Open,2026-07-02,R1\n",
    "book/leads.csv": """\
lead_id,first_name,last_name,company,title,email,country,created_at
L1,Carl,Meier,Acme Inc,CFO,carl@acme.com,US,2026-06-29 10:00
L2,Dora,Stone,Unheard Of Ltd,CEO,dora@unheard.co.uk,GB,2026-06-29 11:00
""",
    "book/activities.csv": None,
    "book/reps.csv": "rep_id,name,email,role,country,time_zone\n"
    + "".join(f"R{number},Rep {number},r{number}@x.com,ae,US,America/New_York\n" for number in range(1, 8)),
    "book/absences.csv": None,
}


def write_changing(folder: Path, changes: Mapping[str, Content] | None = None) -> Path:
    """Write the plan and book into a folder, with files changed, added, or left out where the change is None."""
    return write_tiny(folder, {**CHANGING, **(changes or {})})


@dataclass(frozen=True, slots=True)
class Scene:
    """A plan that was run, and its ledger."""

    plan: Plan
    run: Run
    ledger: Ledger

    def by(self, actor: str, today: datetime | None = None) -> Occasion:
        """Let somebody do something, by default on the day of the run."""
        return Occasion(actor, NOW, today or self.run.manifest.as_of)

    def owners(self, on: datetime | None = None) -> dict[tuple[str, str, str], Any]:
        """Give who owns what at an instant, by default that of the run; nobody counts as nothing."""
        rows = self.ledger.ownership(on or self.run.manifest.as_of).to_pylist()
        return {(row["object"], row["record_id"], row["role"]): row["rep_id"] for row in rows if row["rep_id"]}

    def timelines(self) -> pl.DataFrame:
        """Give all that is believed now, but for when that was recorded and by what; nobody counts as nothing."""
        frame = pl.DataFrame(pl.from_arrow(self.ledger.ownership()))
        return frame.filter(pl.col("rep_id").is_not_null()).drop("recorded_at", "change_set_id", "plan_version")

    def edit(
        self, record_id: str, rep_id: str, name: str = "account", *, role: str = "account_executive", seat: int = 1
    ) -> None:
        """Let somebody else give a seat of a record to a rep."""
        row = {
            "object": name, "record_id": record_id, "role": role, "seat": seat, "territory_id": "NA",
            "rep_id": rep_id, "valid_from": self.run.manifest.as_of, "method": "manual", "reason": "by hand",
        }  # fmt: skip
        with self.ledger.write("edit", at=NOW, actor="eve") as entry:
            entry.assign(
                pl.DataFrame([row]).with_columns(pl.col("valid_from").cast(pl.Datetime("us", "UTC"))).to_arrow()
            )


def scene(original: Path, folder: Path, url: str = "") -> Scene:
    """Give a copy of a plan that was run, with a new ledger, in its folder or elsewhere; close its ledger in the end."""
    shutil.copytree(original, folder, dirs_exist_ok=True)
    return Scene(load_plan(folder), Run.latest(folder), open_ledger(url or folder / "ledger.sqlite"))
