"""Several proposals at once (多方案): made over a grid of parameters, and drawn on one map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.domain.bundling import BundleRules
from gisplanner.domain.district import District
from gisplanner.domain.proposals import Proposal
from gisplanner.errors import Fault, UsageError
from gisplanner.maps.alternatives import Alternative, alternatives_map
from gisplanner.rules.adoption import continuing
from gisplanner.services.bundling.comparison import comparison_document
from gisplanner.services.bundling.input import stock_of_district
from gisplanner.services.bundling.limits import limits_told, stored_limits
from gisplanner.services.bundling.proposals import save_bundles
from gisplanner.services.bundling.propose import bundle_stock
from gisplanner.services.bundling.totals import names_of
from gisplanner.services.layers import layer_frame
from gisplanner.services.maps import DEFAULT_OPTIONS, MapOptions, context_of, sheet_of
from gisplanner.store.database import Database
from gisplanner.text import Text

HEADINGS = ("小区", "户数", "栋数", "总建筑面积（万平方米）")


def make_alternatives(
    db: Database,
    district: District,
    prefix: str,
    rules: BundleRules,
    *,
    gaps_m: Sequence[float],
    needs: str | None = None,
    minimums: Sequence[float] = (),
    barriers_layers: Sequence[str] = (),
    size_column: str | None = None,
) -> list[Proposal]:
    """Bundle a district with each gap, for each minimum, without and (with ``needs``) with a need in common.

    All of them are stored, named ``prefix`` and what is particular to each; where one cannot be made or stored,
    none is bundled any further and what is stored stays.

    Raises
    ------
    UsageError
        No gap, or one given twice.
    InputError, InfeasibleError
        As :func:`gisplanner.services.bundling.propose.bundle_district`.
    """
    if not gaps_m or len(set(gaps_m)) != len(gaps_m):
        raise UsageError(
            Text("请给出一个以上、互不相同的间距。", en="Give one gap or more, each once."), [Fault(column="--gap")]
        )
    stock = stock_of_district(db, district, barriers_layers=barriers_layers)
    made = []
    for name, asked in _grid(prefix, rules, gaps_m, needs, minimums):
        result = bundle_stock(stock, asked, size_column, None)
        made.append(save_bundles(db, district, result, name, barriers_layers=barriers_layers))
    return made


def _grid(
    prefix: str, rules: BundleRules, gaps_m: Sequence[float], needs: str | None, minimums: Sequence[float]
) -> Iterator[tuple[str, BundleRules]]:
    wishes = (None,) if needs is None else (None, needs)
    lows: tuple[float | None, ...] = (*minimums,) or (rules.min_size,)
    for gap_m, wish, low in product(gaps_m, wishes, lows):
        told = [f"间距{gap_m:g}", *(["需求"] if wish else []), *([f"下限{low:g}"] if minimums else [])]
        yield f"{prefix}-{'-'.join(told)}", replace(rules, gap_m=gap_m, needs=wish, min_size=low)


def map_alternatives(
    db: Database, district: District, proposals: Sequence[Proposal], *, options: MapOptions = DEFAULT_OPTIONS
) -> str:
    """Return several proposals on one map as one HTML page that opens without a network.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    estates = layer_frame(db, district, "estates")
    compared = comparison_document(proposals, estates)["proposals"]
    families = _families(proposals)
    public = options.public
    return alternatives_map(
        estates,
        [
            _alternative(one, told, own, names_of(estates), public=public)
            for one, told, own in zip(proposals, compared, families, strict=True)
        ],
        headings=[one for one in HEADINGS if not (public and one == "户数")],
        layer=layer_spec("estates"),
        sheet=sheet_of(db, district, f"{district.name}片区方案比选图", options),
        context=context_of(db, district),
    )


def _families(proposals: Sequence[Proposal]) -> list[dict[str, int]]:
    """Return for each proposal the colour number of each bundle; bundles that continue earlier ones share theirs."""
    known: list[dict[str, int]] = []
    count = 0
    for one in proposals:
        bundles = one.grouping.bundles
        own: dict[str, int] = {}
        for before, numbers in zip(proposals, known, strict=False):
            left = {name: codes for name, codes in bundles.items() if name not in own}
            taken = set(own.values())
            free = {name: codes for name, codes in before.grouping.bundles.items() if numbers[name] not in taken}
            own |= {name: numbers[group] for name, group in continuing(left, free).items()}
        for name in bundles:
            if name not in own:
                own[name] = count
                count += 1
        known.append(own)
    return known


def _alternative(
    one: Proposal,
    told: Mapping[str, Any],
    families: Mapping[str, int],
    names: Mapping[str, str],
    *,
    public: bool,
) -> Alternative:
    bundles = one.grouping.bundles
    facts = {}
    for bundle, codes in bundles.items():
        totals = told["bundles"][bundle]
        figures = [totals[key] for key in ("households", "buildings", "floor_area_10k_m2") if not (
            public and key == "households"
        )]  # fmt: skip
        facts[bundle] = [
            "、".join(names.get(code, code) for code in codes),
            *("未填" if value is None else str(value) for value in figures),
        ]
    return Alternative(
        name=one.name,
        rules=_rules(one, public=public),
        gap_m=float(one.parameters.get("gap_m", 0.0)),
        bundles=bundles,
        families=families,
        facts=facts,
        left_over=len(told["left_over"]),
        moved=told["official"]["moved"],
        rand=told["official"]["adjusted_rand"],
    )


def _rules(one: Proposal, *, public: bool) -> str:
    given = one.parameters
    if one.kind == "official":
        return "台账备注列"
    parts = [f"间距 {given['gap_m']:g} m"]
    parts += ["须有共同需求"] if given.get("needs") else []
    parts += [f"下限 {given['min_size']:g}"] if given.get("min_size") is not None else []
    parts += [f"上限 {given['max_size']:g}"] if given.get("max_size") is not None else []
    parts += limits_told(stored_limits(given), public=public)
    changes = len(one.standing) - 1
    return "，".join([*parts, *([f"人工调整 {changes} 次"] if changes else [])])
