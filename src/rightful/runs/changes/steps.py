"""Find the steps from who owns what to who should: the difference of two tables of seats, one decision per seat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from rightful.crm import OBJECTS
from rightful.runs.changes.ownership import Desired

__all__ = ["CHANGES_HANDS", "ORDER", "SEAT", "ChangePolicy", "Proposal", "start_of", "steps_of"]

SEAT = ["object", "record_id", "role", "seat"]
ORDER = {crm_object.name: number for number, crm_object in enumerate(OBJECTS)}
"""Order of steps within an account, by kind of record."""
STAYS = ("exempt", "eligible", "kept", "closed", "order_date", "current_owner")
"""Methods by which a record stays with whom the CRM says owns it."""
CHANGES_HANDS = ("assign", "reassign", "move", "reroute", "hand_over", "stand_in", "end")
"""Actions after which somebody else owns the record; ``return`` follows ``stand_in``, ``keep`` and ``territory`` leave the rep."""
_UNTOUCHED = ("closed", "order_date")
_CHANGE = (
    pl.when(pl.col("object") == "account").then(pl.lit("reassign"))
    .when(pl.col("object") == "lead").then(pl.lit("reroute"))
    .otherwise(pl.lit("move"))
)  # fmt: skip
_UTC = pl.Datetime("us", "UTC")


@dataclass(frozen=True, slots=True)
class ChangePolicy:
    """What the plan says of changes.

    Attributes:
        effective_at: Instant at which the changes take effect.
        time_zone: In which days begin and end.
        roles: Roles of the plan: the first owns a record, the others are the account's team.
        without_rep: ``keep`` or ``end`` the ownership of records for which the plan has nobody.
        when_gone: ``keep`` or ``end`` the ownership of records that the book no longer has.
        locked_records: Reason by (object, record_id).
        locked_accounts: Reason by account_id, for all that belongs to the account.
        later: Instant by account_id, for accounts that are handed over after some days.
    """

    effective_at: datetime
    time_zone: ZoneInfo
    roles: tuple[str, ...]
    without_rep: Literal["keep", "end"] = "keep"
    when_gone: Literal["keep", "end"] = "keep"
    locked_records: Mapping[tuple[str, str], str] = field(default_factory=dict)
    locked_accounts: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def primary_role(self) -> str:
        """Role that owns a record."""
        return self.roles[0]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would change, and what would not though one might expect it.

    Attributes:
        steps: In the order in which they are taken: number, group_id, kind, object, record_id, role, seat, territory_id_before,
            rep_id_before, territory_id, rep_id, valid_from, valid_to, method, reason, value_usd, is_in_crm (the CRM has to be told).
        held: Records that stay, with the cause (pin, lock, exempt, nobody, beside, gone, merged, quarantined, differs) and the
            reason: object, record_id, role, rep_id (who keeps it), would_rep_id (who would get it; null where unknown), cause, reason.
    """

    steps: pl.DataFrame
    held: pl.DataFrame


def start_of(day: date, time_zone: ZoneInfo) -> datetime:
    """Give the instant at which a day begins.

    Example:
        >>> start_of(date(2026, 7, 1), ZoneInfo("Europe/Berlin")).isoformat()
        '2026-06-30T22:00:00+00:00'
    """
    return datetime.combine(day, time(), time_zone).astimezone(UTC)


def steps_of(before: pl.DataFrame, desired: Desired, policy: ChangePolicy) -> Proposal:
    """Compare who owns what with who should, and give the steps between them.

    Args:
        before: Whole timelines as the ledger has them: object, record_id, role, seat, territory_id, rep_id, valid_from, valid_to,
            plan_version.
        desired: What a run wants.
        policy: What the plan says of changes.

    Returns:
        Steps ordered by group, account first, then kind of record and key; and what is held back.
    """
    decided = _decided(_compared(before, desired, policy), policy)
    decided = _with_locks(decided, policy)
    return Proposal(_steps(decided, policy), _held(decided))


def _compared(before: pl.DataFrame, desired: Desired, policy: ChangePolicy) -> pl.DataFrame:
    """Put beside each seat who has it when the changes take effect, who is scheduled next, and who should have it."""
    days = desired.seats["ends_on"].drop_nulls().unique().to_list()
    ends = [start_of(day + timedelta(days=1), policy.time_zone) for day in days]
    last_days = pl.DataFrame({"ends_on": days, "ends_at": ends}, {"ends_on": pl.Date, "ends_at": _UTC})
    is_other = pl.col("next_rep_id") != pl.col("rep_id")
    is_over = pl.col("next_rep_id").is_not_null() & (pl.col("ends_at") <= pl.lit(policy.effective_at, _UTC))
    wanted = (
        desired.seats.join(last_days, on="ends_on", how="left")
        .with_columns(next_rep_id=pl.when(is_other).then("next_rep_id"))
        .with_columns(
            rep_id=pl.when(is_over).then("next_rep_id").otherwise("rep_id"),
            next_rep_id=pl.when(~is_over).then("next_rep_id"),
            method=pl.when(is_over).then(pl.lit("follows")).otherwise("method"),
        )
        .with_columns(seat=pl.lit(1, pl.Int64), is_wanted=pl.lit(value=True))
    )
    return (
        _seats_at(before, policy.effective_at)
        .join(wanted, on=SEAT, how="full", coalesce=True)
        .join(desired.records, on=["object", "record_id"], how="left")
        .with_columns(pl.col("is_wanted").fill_null(value=False), pl.col("fate").fill_null("gone"))
        .with_columns(group_id=pl.coalesce("group_id", pl.format("{} {}", "object", "record_id")))
    )


def _seats_at(before: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Give per seat who has it at a moment, and the first row that begins later and changes something."""
    ordered = before.sort(*SEAT, "valid_from")
    is_first = pl.int_range(pl.len()).over(SEAT) == 0
    changed = [pl.col(name).ne_missing(pl.col(name).shift().over(SEAT)) for name in ("rep_id", "territory_id")]
    ahead = ordered.filter(is_first | pl.any_horizontal(changed)).filter(pl.col("valid_from") > moment)
    following = ahead.group_by(SEAT, maintain_order=True).agg(
        next_at=pl.col("valid_from").first(), rep_next=pl.col("rep_id").first()
    )
    now = before.filter(
        pl.col("valid_from") <= moment, pl.col("valid_to").is_null() | (pl.col("valid_to") > moment)
    ).select(*SEAT, rep_now="rep_id", territory_now="territory_id", version_now="plan_version")
    return now.join(following, on=SEAT, how="full", coalesce=True)


def _decided(seats: pl.DataFrame, policy: ChangePolicy) -> pl.DataFrame:
    """Decide per seat the action, or the cause why nothing happens; both are null where nothing is to be done."""
    owned = pl.col("rep_now").is_not_null()
    same = pl.col("rep_id").eq_missing(pl.col("rep_now"))
    scheduled = pl.col("next_at").is_not_null()
    next_is_set = scheduled & pl.col("rep_next").eq_missing(pl.col("next_rep_id"))
    stays = pl.col("method").is_in(STAYS)
    eligible = pl.col("method") == "eligible"
    temporary = pl.col("ends_at").is_not_null() & pl.col("next_rep_id").is_not_null() & ~eligible
    other_territory = pl.col("territory_id").ne_missing(pl.col("territory_now"))
    wanted = pl.col("is_wanted")
    action = (
        pl.when(~wanted).then(_unwanted_action(policy))
        .when(stays & owned & ~same).then(None)
        .when(eligible & same & (next_is_set | pl.col("next_rep_id").is_null())).then(None)
        .when(eligible & same).then(pl.lit("hand_over"))
        .when(temporary & same & next_is_set & (pl.col("next_at") == pl.col("ends_at"))).then(None)
        .when(temporary).then(pl.lit("stand_in"))
        .when(~same & ~owned).then(pl.lit("assign"))
        .when(~same).then(_CHANGE)
        .when(scheduled).then(pl.lit("keep"))
        .when(other_territory & ~pl.col("method").is_in(_UNTOUCHED)).then(pl.lit("territory"))
    )  # fmt: skip
    cause = (
        pl.when(~wanted & owned).then(_unwanted_cause(policy))
        .when(stays & owned & ~same & ~(eligible & (pl.col("rep_now") == pl.col("next_rep_id")))).then(pl.lit("differs"))
        .when((pl.col("method") == "pin") & same).then(pl.lit("pin"))
        .when((pl.col("method") == "exempt") & same).then(pl.lit("exempt"))
    )  # fmt: skip
    return seats.with_columns(action=action, cause=cause)


def _unwanted_action(policy: ChangePolicy) -> pl.Expr:
    """End the ownership of records that the plan gives nobody, where it says so; seats that a team no longer has always end."""
    here = _is_here() & _is_of_plan(policy)
    ends = (here & (pl.col("role") != policy.primary_role)) | (
        here & pl.lit(policy.without_rep == "end") | (pl.col("fate") == "gone") & pl.lit(policy.when_gone == "end")
    )
    return pl.when(pl.col("rep_now").is_not_null() & ends).then(pl.lit("end"))


def _unwanted_cause(policy: ChangePolicy) -> pl.Expr:
    nobody = pl.when(_is_of_plan(policy)).then(pl.lit("nobody")).otherwise(pl.lit("beside"))
    cause = pl.when(_is_here()).then(nobody).otherwise(pl.col("fate"))
    return pl.when(_unwanted_action(policy).is_null()).then(cause)


def _is_here() -> pl.Expr:
    return pl.col("fate").is_in(["present", "found"])


def _is_of_plan(policy: ChangePolicy) -> pl.Expr:
    """Tell whether a seat is the plan's: the first of its roles, or one that a plan gave before. Others are recorded beside it."""
    decides = pl.col("role").is_in(policy.roles) & (pl.col("seat") == 1)
    return decides | pl.col("version_now").is_not_null()


def _with_locks(decided: pl.DataFrame, policy: ChangePolicy) -> pl.DataFrame:
    """Hold back what is locked."""
    records = [(*key, reason) for key, reason in policy.locked_records.items()]
    accounts = list(policy.locked_accounts.items())
    by_record = pl.DataFrame(records, ["object", "record_id", "record_lock"], orient="row", schema_overrides=_TEXT)
    by_account = pl.DataFrame(accounts, ["account_id", "account_lock"], orient="row", schema_overrides=_TEXT)
    joined = decided.join(by_record, on=["object", "record_id"], how="left").join(
        by_account, on="account_id", how="left"
    )
    lock = pl.coalesce("record_lock", "account_lock")
    is_held = lock.is_not_null() & pl.col("action").is_not_null()
    return joined.with_columns(
        lock=pl.when(is_held).then(lock),
        cause=pl.when(is_held).then(pl.lit("lock")).otherwise("cause"),
        action=pl.when(~is_held).then("action"),
    )


_TEXT = dict.fromkeys(("object", "record_id", "record_lock", "account_id", "account_lock"), pl.String)


def _steps(decided: pl.DataFrame, policy: ChangePolicy) -> pl.DataFrame:
    """Give the steps in their order: one per seat, and a second one where somebody only stands in or keeps for a while."""
    changing = _timed(decided.filter(pl.col("action").is_not_null()), policy)
    action = pl.col("action")
    hands_over, stands_in, ends = action == "hand_over", action == "stand_in", action == "end"
    at_end = pl.max_horizontal("ends_at", "begins_at")
    first = changing.with_columns(
        sequence=pl.lit(0),
        valid_from=pl.when(hands_over).then(at_end).otherwise("begins_at"),
        valid_to=pl.when(stands_in).then(at_end),
        rep_after=pl.when(hands_over).then("next_rep_id").when(~ends).then("rep_id"),
        territory_after=pl.when(~ends).then("territory_id"),
    ).filter(pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("valid_from")))
    is_kept = (action == "assign") & (pl.col("method") == "eligible") & pl.col("next_rep_id").is_not_null()
    second = changing.filter(stands_in | is_kept).with_columns(
        action=pl.when(stands_in).then(pl.lit("return")).otherwise(pl.lit("hand_over")),
        sequence=pl.lit(1),
        valid_from=at_end,
        valid_to=pl.lit(None, _UTC),
        rep_now=pl.col("rep_id"),
        territory_now=pl.col("territory_id"),
        rep_after=pl.col("next_rep_id"),
        territory_after=pl.col("territory_id"),
        reason=pl.when(stands_in).then(pl.format("{} stood in until then", "rep_id")).otherwise("reason"),
    )
    is_team = (pl.col("object") == "account") & (pl.col("role") != policy.primary_role)
    what = pl.when(is_team).then(pl.lit("team member")).otherwise("object")
    place = pl.col("object").replace_strict(ORDER, default=len(ORDER), return_dtype=pl.Int64)
    ordered = (
        pl.concat([first, second.select(first.columns)])
        .with_columns(place=place)
        .sort("group_id", "account_id", "place", "record_id", "role", "seat", "sequence")
    )
    return ordered.with_row_index("number", offset=1).select(
        pl.col("number").cast(pl.Int64),
        "group_id",
        pl.format("{} {}", "action", what).alias("kind"),
        *SEAT,
        territory_id_before="territory_now",
        rep_id_before="rep_now",
        territory_id="territory_after",
        rep_id="rep_after",
        valid_from="valid_from",
        valid_to="valid_to",
        method=pl.coalesce("method", pl.lit("none")),
        reason=pl.coalesce("reason", _why_it_ends()),
        value_usd="value_usd",
        is_in_crm=(pl.col("fate") == "present") & action.is_in([*CHANGES_HANDS, "return"]),
    )


def _timed(changing: pl.DataFrame, policy: ChangePolicy) -> pl.DataFrame:
    """Say when each change begins: an account that is handed over, and all that belongs to it, some days later than others."""
    later = pl.DataFrame(list(policy.later.items()), {"account_id": pl.String, "later_at": _UTC}, orient="row")
    is_owner = (pl.col("object") == "account") & (pl.col("role") == policy.primary_role)
    reassigned = changing.filter(is_owner, pl.col("action") == "reassign").select("account_id")
    begins_at = pl.coalesce("later_at", pl.lit(policy.effective_at, _UTC))
    handed_over = later.join(reassigned, on="account_id", how="semi")
    return changing.join(handed_over, on="account_id", how="left").with_columns(begins_at=begins_at)


def _why_it_ends() -> pl.Expr:
    is_gone = pl.col("fate") == "gone"
    return pl.when(is_gone).then(pl.lit("the book no longer has it")).otherwise(pl.lit("the plan has nobody for it"))


def _held(decided: pl.DataFrame) -> pl.DataFrame:
    """List what stays, and why; a merged record's survivor and a quarantined row's reason are named."""
    cause = pl.col("cause")
    reason = (
        pl.when(cause == "lock").then("lock")
        .when(cause == "nobody").then(pl.lit("the plan has nobody for it; see the run's exceptions"))
        .when(cause == "beside").then(pl.format("seat {} as {} was recorded without a plan, and this one does not decide it", "seat", "role"))
        .when(cause == "gone").then(pl.lit("the book no longer has it"))
        .when(cause == "merged").then(pl.format("it was merged into {}", "fate_detail"))
        .when(cause == "quarantined").then(pl.format("its row could not be read: {}", "fate_detail"))
        .when(cause == "differs").then(pl.format("the CRM says {}, the ledger {}: load the CRM, then run anew", "rep_id", "rep_now"))
        .otherwise("reason")
    )  # fmt: skip
    would = pl.when(cause == "lock").then("rep_id").when(cause == "differs").then("rep_id")
    rows = decided.filter(cause.is_not_null()).select(
        "object", "record_id", "role", rep_id="rep_now", would_rep_id=would, cause="cause", reason=reason
    )
    return rows.sort("cause", "object", "record_id", "role")
