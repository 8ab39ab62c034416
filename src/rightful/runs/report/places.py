"""Where places lie on the page: the states of the United States as tiles, and names of countries."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale

from rightful.runs.report.charts import Tile
from rightful.runs.report.facts import Place
from rightful.runs.summary.figures import count, dollars, share

__all__ = ["US_TILES", "country_name", "us_tiles"]

_ROWS = """
AK .. .. .. .. .. .. .. .. .. .. ME
.. .. .. .. .. .. .. .. .. .. VT NH
.. WA ID MT ND MN WI .. MI NY MA RI
.. OR NV WY SD IA IL IN OH PA NJ CT
.. CA UT CO NE MO KY WV VA MD DE ..
.. .. AZ NM KS AR TN NC SC DC .. ..
.. .. .. .. OK LA MS AL GA .. .. ..
HI .. .. .. TX .. .. .. .. FL .. ..
"""
US_TILES: dict[str, tuple[int, int]] = {
    code: (row, column)
    for row, line in enumerate(_ROWS.split("\n")[1:-1])
    for column, code in enumerate(line.split())
    if code != ".."
}
"""Row and column of each state and of DC: every tile of one size, roughly where the state lies."""

_ENGLISH = Locale("en").territories


def country_name(code: str) -> str:
    """Name a country in English; what is no ISO code stays as it is.

    Example:
        >>> country_name("DE"), country_name("unknown")
        ('Germany', 'unknown')
    """
    return str(_ENGLISH.get(code, code))


def us_tiles(states: Sequence[Place]) -> tuple[tuple[Tile, ...], int]:
    """Lay out the states as tiles, those without accounts too; give how many accounts are in none of them."""
    found = {place.code: place for place in states}
    made = []
    for code, (row, column) in US_TILES.items():
        place = found.get(code, Place(code, 0, None, 0))
        owned = f", {share(place.with_owner, place.accounts)} with owner" if place.accounts else ""
        words = f"{code}: {count(place.accounts)} accounts, revenue {dollars(place.annual_revenue_usd)}{owned}"
        made.append(Tile(row, column, code, place.accounts, words))
    return tuple(made), sum(place.accounts for place in states if place.code not in US_TILES)
