"""Bundle estates (片区划定): those of a file, or those of a stored district, with the same result."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Final

from gisplanner.crs import crs_name
from gisplanner.domain.bundling import (
    BundleRules,
    LeftOver,
    Limit,
    Weights,
)
from gisplanner.domain.district import District
from gisplanner.errors import Fault, InfeasibleError, UsageError
from gisplanner.planning.bundling import plan_bundles
from gisplanner.planning.bundling.search import Progress
from gisplanner.planning.bundling.solve import warm_up
from gisplanner.planning.bundling.wishes import require_numbers
from gisplanner.services.bundling.bundles_file import write_bundles
from gisplanner.services.bundling.input import Stock, pair_of, stock_of_district, stock_of_file
from gisplanner.services.bundling.limits import measures_of
from gisplanner.services.bundling.result import BundleResult
from gisplanner.store.database import Database
from gisplanner.text import Text

__all__ = [
    "BundleResult",
    "BundleRules",
    "Limit",
    "Weights",
    "bundle_district",
    "bundle_file",
    "make_ready",
    "pair_of",
    "write_bundles",
]

DEFAULT_RULES: Final = BundleRules()


@cache
def make_ready() -> None:
    """Load the compiled search beside other work, so that the first bundles a server is asked for come at once."""
    Thread(target=warm_up, name="bundling", daemon=True).start()


def bundle_file(
    path: Path,
    rules: BundleRules = DEFAULT_RULES,
    *,
    estates_layer: str | None = None,
    barriers_layers: Sequence[str] = (),
    size_column: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> BundleResult:
    """Bundle the estates of a file.

    Parameters
    ----------
    path, estates_layer, barriers_layers, crs, encoding
        The file, its layers, and what it does not say itself.
    size_column
        Column of sizes; ``None`` counts estates.

    Raises
    ------
    InputError
        What was handed in cannot be used; all bad rows at once.
    InfeasibleError
        A minimum was asked for and no bundle is possible.
    """
    stock = stock_of_file(
        path, estates_layer=estates_layer, barriers_layers=barriers_layers, crs=crs, encoding=encoding
    )
    return bundle_stock(stock, rules, size_column, progress)


def bundle_district(
    db: Database,
    district: District,
    rules: BundleRules = DEFAULT_RULES,
    *,
    gap_m: float | None = None,
    barriers_layers: Sequence[str] = (),
    size_column: str | None = None,
    progress: Progress | None = None,
) -> BundleResult:
    """Bundle the stored estates of a district; ids are their codes.

    Parameters
    ----------
    gap_m
        Gap tolerance, if it is to differ from that of ``rules``.
    barriers_layers
        Stored layers, e.g. ``roads`` and ``barriers``.
    size_column
        Column of the stored layer or its Chinese label (``households``, 户数 …).

    Raises
    ------
    InputError, InfeasibleError
        As :func:`bundle_file`.
    """
    if gap_m is not None:
        rules = replace(rules, gap_m=gap_m)
    return bundle_stock(
        stock_of_district(db, district, barriers_layers=barriers_layers), rules, size_column, progress
    )


def bundle_stock(
    stock: Stock, rules: BundleRules, size_column: str | None, progress: Progress | None
) -> BundleResult:
    """Bundle estates at hand; raises as :func:`bundle_file`."""
    begun = time.perf_counter()
    measure = stock.column(size_column)
    if measure is not None and measure not in stock.estates.columns:
        raise UsageError(
            Text(f"小区图层没有列 {size_column}。", en=f"The estates have no column {size_column}."),
            [
                Fault(
                    column=size_column,
                    allowed="、".join(map(str, stock.estates.columns.drop(stock.estates.geometry.name))),
                )
            ],
        )
    rules = replace(
        rules,
        within=stock.column(rules.within),
        needs=stock.column(rules.needs),
        limits=tuple(replace(one, measure=str(stock.column(one.measure))) for one in rules.limits),
        alike=tuple(str(stock.column(one)) for one in rules.alike),
        together=tuple((stock.estate(str(a)), stock.estate(str(b))) for a, b in rules.together),
        keep_apart=tuple((stock.estate(str(a)), stock.estate(str(b))) for a, b in rules.keep_apart),
    )
    if stock.without_outline and not rules.leftovers:
        _refuse_without_outline(stock)
    size = None if measure is None else require_numbers(stock.estates[measure], measure)
    measures = measures_of(stock.estates, rules, stock.names)
    plan = plan_bundles(
        stock.estates, rules, size=size, measures=measures, barriers=stock.barriers or None, progress=progress
    )
    unmapped = Text("没有轮廓（未上图），无法判断相邻", en="no outline: nobody can tell its neighbours")
    return BundleResult(
        plan=plan,
        left_over=(*plan.left_over, *(LeftOver(estate, unmapped) for estate in stock.without_outline)),
        estates=stock.estates,
        crs=crs_name(stock.crs),
        rules=rules,
        names=stock.names,
        measure=measure,
        without_outline=stock.without_outline,
        seconds=time.perf_counter() - begun,
    )


def _refuse_without_outline(stock: Stock) -> None:
    who = "、".join(map(str, stock.without_outline))
    raise InfeasibleError(
        Text(
            f"不许剩余，但有小区没有轮廓（未上图）：{who}。",
            en=f"No outline, so left over, which is not allowed: {who}.",
        ),
        [Fault(column="--no-leftovers", value=str(estate)) for estate in stock.without_outline],
    )
