"""What values the fields of accounts can have once they are cleaned, so that nobody reads of a gap at 499.5 employees."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from rightful.crm import OBJECT_OF_TABLE, Kind
from rightful.plan import Plan
from rightful.plan.segmentation import OutputName
from rightful.rules.proofs import Domain, Domains
from rightful.stages.quality.countries import country_codes
from rightful.stages.quality.industries import INDUSTRIES
from rightful.stages.segmentation.outputs import UNKNOWN, compile_output

__all__ = ["account_domains", "kept_by"]

_WHOLE = (
    "employees", "employees_low", "employees_high", "family_size", "family_employees", "hierarchy_depth",
)  # fmt: skip
_AMOUNTS = ("annual_revenue_usd", "annual_revenue_low_usd", "annual_revenue_high_usd", "family_annual_revenue_usd")
_OUTPUTS: tuple[OutputName, ...] = ("region", "industry_group", "segment")
_LETTERS = (*(f"{letter}{sign}" for letter in "ABCD" for sign in ("+", "", "-")), "F")
_LIKELY_COUNTRIES = ("US", "DE", "GB", "FR", "CA", "BR", "IN", "JP", "AU", "NL", "ES", "IT", "SE", "CH", "MX")


def account_domains(plan: Plan) -> dict[str, Domain]:
    """Give what values the fields of accounts can have.

    Country and industry are of closed lists, and region, industry group and segment are what the plan names, or `unknown`.
    Employees are taken to be whole and not negative, revenue not negative: ``kept_by`` drops what a book does not keep.
    """
    others = sorted(country_codes() - set(_LIKELY_COUNTRIES))
    domains = {
        "account_id": Domain(has_blank=False),
        "country": Domain(values=(*_LIKELY_COUNTRIES, *others)),
        "industry": Domain(values=tuple(INDUSTRIES)),
        "grade": Domain(values=_LETTERS),
        **{name: Domain(is_whole=True, lowest=0) for name in _WHOLE},
        **{name: Domain(lowest=0) for name in _AMOUNTS},
    }
    for name in _OUTPUTS:
        output = compile_output(name, "accounts", plan.segmentation, plan.lists)
        names = tuple(dict.fromkeys((*(str(row.name) for row in output.rows), UNKNOWN)))
        # What is copied may be anything; of the rest `unknown` stands for blank.
        domains[name] = (
            Domain(has_blank=False, examples=names) if output.copy_of else Domain(values=names, has_blank=False)
        )
    return domains


def kept_by(domains: Mapping[str, Domain], accounts: pa.Table) -> tuple[Domains, tuple[str, ...]]:
    """Drop what a book does not keep: a number that is not whole, a text that is not on the list.

    Returns:
        The domains that hold for every account, and the fields whose domain was dropped.
    """
    held: dict[str, Domain] = {}
    dropped: list[str] = []
    for name, domain in domains.items():
        if name not in accounts.column_names or _is_kept(domain, accounts[name]):
            held[name] = domain
        else:
            dropped.append(name)
    for name in accounts.column_names:
        field = OBJECT_OF_TABLE["accounts"].rule_fields.get(name)
        if field is not None and name not in held and field.kind in (Kind.TEXT, Kind.CODE, Kind.REFERENCE, Kind.KEY):
            held[name] = Domain(examples=_usual(accounts[name]))
    return held, tuple(dropped)


def _is_kept(domain: Domain, column: pa.ChunkedArray) -> bool:
    if not domain.has_blank and column.null_count:
        return False
    values = pc.drop_null(column)
    if domain.values is not None:
        return bool(pc.all(pc.is_in(values, pa.array(domain.values, values.type))).as_py() is not False)
    if not pa.types.is_floating(values.type) or not len(values):
        return True
    if domain.is_whole and not pc.all(pc.equal(values, pc.floor(values))).as_py():
        return False
    return bool(pc.min(values).as_py() >= domain.lowest)


def _usual(column: pa.ChunkedArray) -> tuple[str, ...]:
    """Give the values that occur most, as examples."""
    counts = pc.value_counts(pc.drop_null(column))
    ranked = sorted(
        zip(counts.field(1).to_pylist(), counts.field(0).to_pylist(), strict=True), key=lambda row: (-row[0], row[1])
    )
    return tuple(value for _, value in ranked[:50])
