"""Write figures for people: counts, shares, dollars and durations."""

from __future__ import annotations

__all__ = ["count", "dollars", "duration", "number", "share", "short"]

_UNITS = ((1e12, " T"), (1e9, " B"), (1e6, " M"), (1e3, " k"))


def count(value: float) -> str:
    """Write a whole number with thousands apart.

    Example:
        >>> count(12345)
        '12,345'
    """
    return f"{round(value):,}"


def number(value: float | None) -> str:
    """Write a number with one decimal where it has any; nothing known is a dash.

    Example:
        >>> number(3.0), number(2.25), number(None)
        ('3', '2.2', '–')
    """
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def share(part: float, whole: float) -> str:
    """Write a part of a whole in percent; a part that is not all never reads 100%, one that is not none never 0%.

    Example:
        >>> share(1, 3), share(99_999, 100_000), share(1, 100_000), share(0, 0)
        ('33.3%', '99.9%', '0.1%', '–')
    """
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 100:
        return f"{min(max(percent, 0.1), 99.9):.1f}%"
    return f"{percent:.0f}%"


def dollars(value: float | None) -> str:
    """Write US dollars with three digits and a unit; unknown is a dash.

    Example:
        >>> dollars(1_234_567), dollars(950), dollars(999_999), dollars(None)
        ('$1.23 M', '$950', '$1.00 M', '–')
    """
    if value is None:
        return "–"
    sign, size = ("-" if value < 0 else ""), abs(value)
    for unit, name in _UNITS:
        if size >= unit * 0.9995:
            scaled = size / unit
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{sign}${scaled:.{digits}f}{name}"
    return f"{sign}${size:.0f}"


def duration(seconds: float) -> str:
    """Write a duration.

    Example:
        >>> duration(0.4), duration(8.25), duration(75)
        ('0.4 s', '8.2 s', '1 min 15 s')
    """
    if seconds < 59.5:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def short(words: str, longest: int = 60) -> str:
    """Cut a long text; what a CRM holds may be of any length.

    Example:
        >>> short("Donaudampfschifffahrt", 8)
        'Donauda…'
    """
    return words if len(words) <= longest else f"{words[: longest - 1]}…"
