"""What a pipeline plan is made from: layers in one metric system, everything wrong told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gisplanner.catalog.layers import utilities
from gisplanner.crs import planning_crs
from gisplanner.errors import Fault, InputError
from gisplanner.formats.vector import VectorFile
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint import Demand
from gisplanner.planning.pipes.lanes.design import GRAVITY
from gisplanner.services.networks.columns import check_frame
from gisplanner.services.networks.gas_watch import GasWatch
from gisplanner.services.pipes.file_watch import watch_of_file
from gisplanner.services.pipes.usable_ground import ground_taken, usable_roads
from gisplanner.text import Text

PlaceId = int | str

_SAME_SOURCE_M: Final = 1e-3
_SEVERAL_OWNERS: Final = frozenset({"telecom"})
_MANY: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Layers to plan on.

    Attributes
    ----------
    buildings
        Buildings with geometry, indexed by id, in canonical order.
    undrawn
        Buildings without geometry.
    roads, obstacles, existing
        Lines of streets; what cannot be dug; lines that are there already.
    sources
        One row for each place where something is fed in.
    demands
        The networks that are asked for; numbers are rows of ``buildings`` and ``sources``.
    unfed
        Utilities that buildings ask for and no source feeds, with the buildings.
    notes
        What was left out, for people.
    heights
        Points of known ground height.
    outlets
        Levels that drains have to reach, by demand.
    refused
        Networks that cannot be planned as asked, with their buildings and the reason.
    connections
        Where the data says that a utility enters a building: utility, building, point.
    file
        Name of the file.
    watch
        Gas lines nothing is dug beside unwatched, with what was arranged; ``None`` where none are known.
    """

    buildings: gpd.GeoDataFrame
    undrawn: tuple[PlaceId, ...]
    roads: gpd.GeoDataFrame
    sources: gpd.GeoDataFrame
    obstacles: gpd.GeoDataFrame | None
    existing: gpd.GeoDataFrame | None
    demands: tuple[Demand, ...]
    unfed: dict[str, tuple[PlaceId, ...]]
    crs: CRS
    notes: tuple[Text, ...]
    heights: gpd.GeoDataFrame | None = None
    outlets: Mapping[int, Outlet] = field(default_factory=dict)
    refused: Mapping[str, tuple[tuple[PlaceId, ...], Text]] = field(default_factory=dict)
    connections: tuple[tuple[str, str, Floats], ...] = ()
    file: str = ""
    watch: GasWatch | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """What a source says of the drain it takes: level of the invert it has to reach, slope it is to be laid at."""

    invert_m: float | None
    slope: float | None


def ground_of_layers(files: Mapping[str, VectorFile], more: Mapping[str, VectorFile | None]) -> Ground:
    """Return the ground of layers that are read.

    Raises
    ------
    InputError
        Rows cannot be used; all of them.
    """
    system = planning_crs(files["buildings"].frame if len(files["buildings"].frame) else files["roads"].frame)
    faults: list[Fault] = []
    buildings = _indexed(files["buildings"], system, faults)
    utility = _utility_column(files["sources"], faults)
    _refuse_shapes(files["roads"], {1}, Text("线", en="lines"), faults)
    _refuse_shapes(files["sources"], {0}, Text("点", en="points"), faults)
    connections = _connections(more.get("connections"), system, buildings, faults)
    existing = _other(more.get("existing"), system)
    watch = watch_of_file(existing, faults, Fault(files["buildings"].path.name, "existing"))
    name = files["buildings"].path.name
    if faults:
        raise InputError(
            Text(f"{name} 有 {len(faults)} 处不能用。", en=f"{len(faults)} values of {name} cannot be used."), faults
        )
    drawn = _drawn(buildings)
    roads, notes = usable_roads(files["roads"].frame.to_crs(system))
    sources, place = _places(files["sources"].frame.to_crs(system))
    demands, unfed = _demands(files["sources"].frame, utility, place, buildings[drawn])
    demands, outlets, refused = _without_bad_slopes(
        demands, _outlets(files["sources"].frame, utility, demands), buildings.index[drawn]
    )
    return Ground(
        buildings=buildings[drawn],
        undrawn=tuple(buildings.index[~drawn]),
        roads=roads,
        sources=sources,
        obstacles=ground_taken(_other(more.get("obstacles"), system)),
        existing=None if existing is None else check_frame(existing),
        demands=demands,
        unfed=unfed,
        crs=system,
        notes=notes,
        heights=_other(more.get("heights"), system),
        outlets={k: one for k, one in enumerate(outlets) if one is not None},
        refused=refused,
        connections=connections,
        file=name,
        watch=watch,
    )


def _without_bad_slopes(
    demands: tuple[Demand, ...], outlets: list[Outlet | None], names: pd.Index[Any]
) -> tuple[tuple[Demand, ...], list[Outlet | None], dict[str, tuple[tuple[PlaceId, ...], Text]]]:
    """Leave out drains whose stated slope lets no water run."""
    kept: list[tuple[Demand, Outlet | None]] = []
    refused: dict[str, tuple[tuple[PlaceId, ...], Text]] = {}
    for demand, outlet in zip(demands, outlets, strict=True):
        slope = None if outlet is None else outlet.slope
        if demand.utility in GRAVITY and slope is not None and slope <= 0.0:
            reason = Text(f"坡度 {slope:g} 不能自流，须大于 0", en=f"a slope of {slope:g} lets no water run")
            refused[demand.name] = (tuple(names[list(demand.buildings)]), reason)
        else:
            kept.append((demand, outlet))
    return tuple(one for one, _ in kept), [one for _, one in kept], refused


def _outlets(frame: gpd.GeoDataFrame, utility: list[str], demands: tuple[Demand, ...]) -> list[Outlet | None]:
    """Return what the sources of each demand say of levels; of several the first that says something."""
    found: list[Outlet | None] = []
    for demand in demands:
        rows = [row for row, code in enumerate(utility) if code == demand.utility]
        invert, slope = (_first_number(frame, name, rows) for name in ("invert_m", "slope"))
        found.append(None if invert is None and slope is None else Outlet(invert, slope))
    return found


def _first_number(frame: gpd.GeoDataFrame, name: str, rows: list[int]) -> float | None:
    if name not in frame.columns:
        return None
    read = pd.to_numeric(frame[name].iloc[rows], errors="coerce").dropna()
    return float(read.iloc[0]) if len(read) else None


def _indexed(file: VectorFile, system: CRS, faults: list[Fault]) -> gpd.GeoDataFrame:
    """Return buildings by id (by row where there is no ``id``), in canonical order."""
    frame = file.frame.to_crs(system)
    ids: list[Any] = [_plain(value) for value in frame["id"]] if "id" in frame.columns else list(range(len(frame)))
    repeated = pd.Series(ids, dtype=object).duplicated(keep="first").to_numpy()
    faults += [
        Fault(file.path.name, file.layer, row, "id", None if one is None else str(one), Text("不重复", en="unique"))
        for row, one in enumerate(ids)
        if one is None or repeated[row]
    ]
    frame.index = pd.Index(ids, dtype=object)
    if "id" in frame.columns:
        order = sorted(range(len(ids)), key=lambda row: (isinstance(ids[row], str), ids[row] or 0))
        return frame if faults else frame.iloc[order]
    points = shapely.get_coordinates(shapely.point_on_surface(frame.geometry.fillna(shapely.Point(0, 0)).to_numpy()))
    return frame.iloc[np.lexsort(np.round(points * 1000.0).T[::-1])]


def _plain(value: Any) -> PlaceId | None:
    if value is None or value is pd.NA or value != value or not str(value).strip():  # noqa: PLR0124 - NaN is not itself
        return None
    if isinstance(value, int | np.integer) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    return str(value).strip()


def _drawn(frame: gpd.GeoDataFrame) -> Any:
    shapes = frame.geometry.to_numpy()
    return ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))


def _utility_column(file: VectorFile, faults: list[Fault]) -> list[str]:
    """Return the code of each source's utility; Chinese names and synonyms are understood."""
    words = {word: code for code, spec in utilities().items() for word in (code, spec.name, *spec.synonyms)}
    column = file.frame["utility"] if "utility" in file.frame.columns else [None] * len(file.frame)
    told = [None if _plain(value) is None else str(value).strip() for value in column]
    faults += [
        Fault(file.path.name, file.layer, row, "utility", word, "、".join(utilities()))
        for row, word in enumerate(told)
        if word not in words
    ]
    if not told:
        hint = Text("至少要有一个接入点", en="at least one source is needed")
        faults.append(Fault(file.path.name, file.layer, None, "utility", None, hint=hint))
    return [words.get(cast("str", word), "") for word in told]


def _connections(
    file: VectorFile | None, system: CRS, buildings: gpd.GeoDataFrame, faults: list[Fault]
) -> tuple[tuple[str, str, Floats], ...]:
    """Return the points at which utilities enter buildings: columns ``building`` and ``utility``."""
    if file is None:
        return ()
    codes = _utility_column(file, faults)
    named = file.frame["building"] if "building" in file.frame.columns else [None] * len(file.frame)
    told = [_plain(value) for value in named]
    known = {str(name) for name in buildings.index}
    faults += [
        Fault(file.path.name, file.layer, row, "building", None if one is None else str(one))
        for row, one in enumerate(told)
        if str(one) not in known
    ]
    _refuse_shapes(file, {0}, Text("点", en="points"), faults)
    points = shapely.get_coordinates(shapely.centroid(file.frame.to_crs(system).geometry.to_numpy()))
    return tuple((code, str(one), at) for code, one, at in zip(codes, told, points, strict=True))


def _refuse_shapes(file: VectorFile, dimensions: set[int], allowed: Text, faults: list[Fault]) -> None:
    shapes = file.frame.geometry.to_numpy()
    wrong = ~np.isin(shapely.get_dimensions(shapes), list(dimensions)) & ~shapely.is_missing(shapes)
    faults += [
        Fault(file.path.name, file.layer, int(row), "geometry", shapes[row].geom_type, allowed)
        for row in np.flatnonzero(wrong)
    ]


def _places(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[int]]:
    """Return the places of sources, each once, and the place of each row."""
    points = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy()))
    grid = np.round(points / _SAME_SOURCE_M).astype(np.int64)
    _, first, place = np.unique(grid, axis=0, return_index=True, return_inverse=True)
    return frame.iloc[first][[frame.geometry.name]].reset_index(drop=True), place.ravel().tolist()


def _other(file: VectorFile | None, system: CRS) -> gpd.GeoDataFrame | None:
    if file is None:
        return None
    frame = file.frame.to_crs(system)
    return frame[_drawn(frame)]


def _demands(
    sources: gpd.GeoDataFrame, utility: list[str], place: list[int], buildings: gpd.GeoDataFrame
) -> tuple[tuple[Demand, ...], dict[str, tuple[PlaceId, ...]]]:
    """Return one demand for each utility and owner; a column ``utilities`` says what a building needs."""
    owner = [_plain(value) for value in sources["owner"]] if "owner" in sources.columns else [None] * len(sources)
    needs = _needs(buildings)
    groups: dict[tuple[str, str | None], set[int]] = {}
    for row, code in enumerate(utility):
        groups.setdefault((code, None if owner[row] is None else str(owner[row])), set()).add(place[row])
    codes = [code for code, _ in groups]
    demands = []
    for (code, who), places in sorted(groups.items(), key=lambda one: (one[0][0], one[0][1] or "")):
        several = code in _SEVERAL_OWNERS or codes.count(code) >= _MANY
        rows = tuple(row for row in range(len(buildings)) if needs[row] is None or code in (needs[row] or ()))
        demands.append(Demand(f"{code}:{who}" if who and several else code, code, who, tuple(sorted(places)), rows))
    wanted = sorted({code for need in needs if need is not None for code in need} - set(codes))
    unfed = {code: tuple(buildings.index[[code in (need or ()) for need in needs]]) for code in wanted}
    return tuple(demands), unfed


def _needs(buildings: gpd.GeoDataFrame) -> list[frozenset[str] | None]:
    if "utilities" not in buildings.columns:
        return [None] * len(buildings)
    words = {word: code for code, spec in utilities().items() for word in (code, spec.name, *spec.synonyms)}
    return [None if _plain(value) is None else _codes(str(value), words) for value in buildings["utilities"]]


def _codes(text: str, words: dict[str, str]) -> frozenset[str]:
    parts: Iterable[str] = (part.strip() for part in text.replace("；", ";").split(";"))
    return frozenset(words.get(part, part) for part in parts if part)
