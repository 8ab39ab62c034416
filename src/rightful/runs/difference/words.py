"""Say a setting that differs in the plan's own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rightful.plan.section import Section
from rightful.runs.difference.settings import ABSENT, ORDER, Setting, Step, named_by, plain

__all__ = ["is_inert", "key_words", "subject_of", "value_words", "words_of"]

_INERT: Mapping[str, frozenset[str]] = {
    "GeneralSection": frozenset({"name", "description", "lists", "as_of"}),
    "Territory": frozenset({"name"}),
    "NamedAccount": frozenset({"reason"}),
    "Pin": frozenset({"reason", "pinned_by"}),
    "Override": frozenset({"reason", "by"}),
    "Correction": frozenset({"by"}),
    "Holiday": frozenset({"name"}),
    "TrainedScore": frozenset({"rows", "conversions", "label"}),
    "Training": frozenset(
        {"file", "label", "time", "exclude", "keep", "blanks", "fields", "min_age_days", "test_share"}
    ),
}
"""Keys that decide nothing about a record: names for people, reasons, what only training reads."""

_NOUNS: Mapping[str, str] = {
    "ActivityGroup": "group",
    "ActivityPoints": "activity",
    "AccountFilter": "filter",
    "Correction": "correction",
    "FieldWriters": "writers of",
    "Holiday": "holiday",
    "Layer": "layer",
    "Link": "link",
    "Member": "member",
    "NameMeaning": "synonym",
    "NamedAccount": "named account",
    "Override": "override",
    "Pin": "pin",
    "Pool": "pool",
    "SkillRule": "skill by",
    "TableSource": "source",
    "Territory": "territory",
    "TrainedFeature": "feature",
}
_NEW, _GONE = "is new", "is gone"
_ROWS: Mapping[str, tuple[str, str]] = {
    "Member": ("joins", "leaves"),
    "Pin": ("is pinned", "is no longer pinned"),
    "NamedAccount": ("is named", "is no longer named"),
    "ActivityPoints": ("brings points", "brings no points any more"),
}
"""What is said of a row that came, and of one that went."""

_KEYS: Mapping[tuple[str, str], str] = {
    ("ActivityPoints", "points"): "brings {after} points instead of {before}",
    ("ActivityPoints", "decay_days"): "its points fade in {after} days instead of {before}",
    ("ActivityPoints", "group"): "counts in group {after} instead of {before}",
    ("ActivityGroup", "most"): "brings at most {after} points instead of {before}",
    ("ActivityGroup", "least"): "takes away at most {after} points instead of {before}",
    ("AssignmentSection", "roles"): "the account team is {after} instead of {before}",
    ("Layer", "is_required"): "accounts without a territory or rep in it are exceptions: {after} instead of {before}",
    ("Layer", "roles"): "fills the roles {after} instead of {before}",
    ("MatchingSection", "strong"): "an account is a match from probability {after} instead of {before}",
    ("MatchingSection", "weak"): "a person should look from probability {after} instead of {before}",
    ("MatchingSection", "tie_breakers"): "ties are broken by {after} instead of {before}",
    ("Member", "weight"): "weighs {after} instead of {before}",
    ("NamedAccount", "territory"): "goes to {after} instead of {before}",
    ("NameMeaning", "means"): "means {after} instead of {before}",
    ("Pin", "rep_id"): "is pinned to {after} instead of {before}",
    ("Pin", "ends_on"): "is pinned until {after} instead of {before}",
    ("Pool", "choose_by"): "chooses by {after} instead of {before}",
    ("ScoringSection", "bands"): "ratings change at scores {after} instead of {before}",
    ("ScoringSection", "trained_points"): "the trained score adds up to {after} points instead of {before}",
    ("Territory", "parent"): "lies under {after} instead of {before}",
    ("Territory", "type"): "is of type {after} instead of {before}",
    ("RoutingSection", "methods"): "methods are tried in the order {after} instead of {before}",
}


def is_inert(setting: Setting) -> bool:
    """Tell whether a setting decides nothing about any record."""
    return setting.key in _INERT.get(setting.owner.__name__, frozenset())


def subject_of(setting: Setting) -> str:
    """Name what a setting concerns: the outermost row that it belongs to, or else the section's key.

    Example:
        >>> from rightful.plan.pools import Pool, Caps
        >>> subject_of(Setting((Step("pools", "east", Pool), Step("caps")), Caps, "day", None, 9))
        'pool east'
    """
    row = next((step for step in setting.path if step.row), None)
    if row is None:
        return setting.path[0].key if setting.path else setting.key
    return _named(row)


def words_of(setting: Setting) -> str:
    """Say what is different, of the subject.

    Example:
        >>> from rightful.plan.pools import Pool, Caps
        >>> words_of(Setting((Step("pools", "east", Pool), Step("caps")), Caps, "day", None, 9))
        'caps.day is 9 instead of nothing'
    """
    labels, said = _labels(setting), _said(setting)
    if not labels:
        return said
    template = (setting.owner.__name__, setting.key) in _KEYS
    joint = " " if setting.key in ("", ORDER) or template else "."
    return f"{'.'.join(labels)}{joint}{said}"


def key_words(setting: Setting) -> str:
    """Name the key of a setting below its subject, such as ``moves.stays_when``."""
    return ".".join([*_labels(setting), setting.key])


def _labels(setting: Setting) -> list[str]:
    return [_named(step) if step.row else step.key for step in _after_subject(setting.path)]


def value_words(value: Any) -> str:
    """Write a value as people do.

    Example:
        >>> value_words(True), value_words(("a", "b")), value_words(None), value_words(2.0)
        ('yes', 'a, b', 'nothing', '2')
    """
    match value:
        case None | "" | () | []:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case date():
            return value.isoformat()
        case Section():
            return _brief(value)
        case Mapping():
            return ", ".join(f"{key}: {value_words(each)}" for key, each in value.items())
        case tuple() | list():
            return ", ".join(value_words(each) for each in value)
        case _:
            return " ".join(str(value).split())


def _said(setting: Setting) -> str:
    owner, key = setting.owner.__name__, setting.key
    if not key:
        came, went = _ROWS.get(owner, (_NEW, _GONE))
        is_new = setting.before is ABSENT
        details = _brief(setting.after if is_new else setting.before) if is_new else ""
        return (came if is_new else went) + (f" ({details})" if details else "")
    if key == ORDER:
        return f"stand in the order {value_words(setting.after)} instead of {value_words(setting.before)}"
    template = _KEYS.get((owner, key))
    if template:
        return template.format(before=value_words(setting.before), after=value_words(setting.after))
    name = "" if _is_named_already(setting) else key
    if setting.before is ABSENT or setting.after is ABSENT:
        is_new = setting.before is ABSENT
        return f"is {value_words(setting.after)}, new" if is_new else f"was {value_words(setting.before)}, and is gone"
    listed = _listed(setting)
    if listed:
        return f"{name} {listed}".strip()
    return f"{name} is {value_words(setting.after)} instead of {value_words(setting.before)}".strip()


def _is_named_already(setting: Setting) -> bool:
    """Tell whether the way to a setting ends in its key: that of an entry of a mapping, or of the section itself."""
    return setting.path[-1].key == setting.key if setting.path else subject_of(setting) == setting.key


def _listed(setting: Setting) -> str:
    """Say what came to a list and what went, where that is shorter than both lists."""
    if not isinstance(setting.before, tuple) or not isinstance(setting.after, tuple) or isinstance(setting.after, str):
        return ""
    first, second = plain(setting.before), plain(setting.after)
    came = [value_words(each) for each in second if each not in first]
    went = [value_words(each) for each in first if each not in second]
    if len(first) < 4 or not (came or went) or len(came) + len(went) > len(second):
        return ""
    parts = [f"also has {', '.join(came)}"] if came else []
    parts += [f"no longer has {', '.join(went)}"] if went else []
    return " and ".join(parts)


def _brief(section: Section) -> str:
    """Write what a row says beside its name and defaults."""
    fields = type(section).model_fields
    said = {
        name: getattr(section, name)
        for name, field in fields.items()
        if plain(getattr(section, name)) != plain(field.get_default(call_default_factory=True))
    }
    inert = _INERT.get(type(section).__name__, frozenset())
    left_out = inert.union(named_by(type(section)))
    return "; ".join(f"{name} {value_words(value)}" for name, value in said.items() if name not in left_out)


def _after_subject(path: tuple[Step, ...]) -> tuple[Step, ...]:
    for number, step in enumerate(path):
        if step.row:
            return path[number + 1 :]
    return path[1:]


def _named(step: Step) -> str:
    noun = _NOUNS.get(step.model.__name__, "") if step.model else step.key
    return f"{noun} {step.row}".strip()
