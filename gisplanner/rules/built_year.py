"""The limit on the year of completion (建成年代), with the years the words leave open."""

from __future__ import annotations

from dataclasses import dataclass

from gisplanner.domain.policy_answer import BY_HAND, FAILS, MEETS, UNKNOWN, Verdict
from gisplanner.domain.policy_eligibility import Built, BuiltBand, EraBand, EraBands

ANY_YEAR = 9999


@dataclass(frozen=True, slots=True)
class BuiltVerdict:
    """Where a year or a range of years falls; ``band`` where it is one and certain."""

    verdict: Verdict
    band: BuiltBand | None = None
    crosses: bool = False


def built_verdict(built: Built, years: tuple[int, int] | None) -> BuiltVerdict:
    """Return the verdict on a closed range of years; a range that crosses a limit is 资料不足.

    Examples
    --------
    >>> band = {"name": "2000年以前", "until": 1999, "quote": "建成于 2000 年以前"}
    >>> rule = Built.model_validate({"quote": "建成于 2000 年以前", "bands": [band], "doubtful_years": [2000]})
    >>> [built_verdict(rule, (year, year)).verdict for year in (1998, 2000, 2001)]
    ['符合', '需人工认定', '不符合']
    >>> built_verdict(rule, (1998, 2001)).verdict
    '资料不足'
    """
    if years is None:
        return BuiltVerdict(UNKNOWN)
    found = {_of_year(built, year) for year in range(years[0], years[1] + 1)}
    return found.pop() if len(found) == 1 else BuiltVerdict(UNKNOWN, crosses=True)


def _of_year(built: Built, year: int) -> BuiltVerdict:
    if year in built.doubtful_years:
        return BuiltVerdict(built.doubtful_reading)
    for band in built.bands:
        if (band.since is None or band.since <= year) and year <= band.until:
            return BuiltVerdict(MEETS, band)
    return BuiltVerdict(FAILS)


def era_candidates(bands: EraBands, years: tuple[int, int]) -> tuple[list[EraBand], Verdict]:
    """Return the bands that a range of years may belong to, and whether that is certain.

    Examples
    --------
    >>> rule = EraBands.model_validate({"quote": "根据80年代、80—90年代", "bands": [
    ...     {"name": "80年代", "certain": [1980, 1989], "possible": [1980, 1989]},
    ...     {"name": "80—90年代", "certain": [1990, 1990], "possible": [1980, 1999]}]})
    >>> [band.name for band in era_candidates(rule, (1985, 1985))[0]]
    ['80年代', '80—90年代']
    """
    possible = [band for band in bands.bands if _meets(band.possible, years)]
    if len(possible) == 1 and _holds(possible[0].possible, years):
        return possible, MEETS
    return possible, BY_HAND


def _meets(edges: tuple[int | None, int | None], years: tuple[int, int]) -> bool:
    first, last = edges[0] or 0, edges[1] or ANY_YEAR
    return first <= years[1] and years[0] <= last


def _holds(edges: tuple[int | None, int | None], years: tuple[int, int]) -> bool:
    return (edges[0] or 0) <= years[0] and years[1] <= (edges[1] or ANY_YEAR)
