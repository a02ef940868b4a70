"""Which lane each network gets in each street, and what a street cannot hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gisplanner.domain.clearance_tables import Place
from gisplanner.planning.pipes.corridors.graph import Flags, Ints
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.lanes.design import MAINS, MARGIN_M, SERVICES, Leaver, least_firm
from gisplanner.planning.pipes.lanes.fit import Fit, Lanes, Reason, fit_lanes, smallest_misfit
from gisplanner.planning.pipes.lanes.room import Room
from gisplanner.planning.pipes.lanes.site import Fixed, Site
from gisplanner.planning.pipes.lanes.strokes import Stroke, strokes_of, with_line

BESIDE_M: Final = 6.0
"""Lanes whose stretches end nearer to each other than this lie beside each other."""
_BESIDE: Final = 0.25
"""A lane on a chosen side lies at least this far from the middle of the street."""
_SLANT: Final = 1.05
"""Distances in streets whose lanes change their offsets: between two offsets a lane runs aslant."""


@dataclass(frozen=True, slots=True, eq=False)
class Street:
    """A stretch of street with its lanes: metres left of the line by network."""

    stroke: Stroke
    parent: int
    offset_m: dict[str, float]
    legal_order: bool
    place: Place
    low_m: float
    high_m: float


@dataclass(frozen=True, slots=True)
class Misfit:
    """A street that cannot hold what is asked.

    Attributes
    ----------
    edges
        Corridor edges where it is too narrow.
    together
        The smallest set that cannot coexist, ``leaves`` the one of it that gives way.
    width_m
        Between the walls or the red lines.
    """

    edges: tuple[int, ...]
    together: tuple[str, ...]
    leaves: str
    width_m: float
    because: tuple[Reason, ...]


@dataclass(slots=True, eq=False)
class Layout:
    """Lanes of all streets."""

    streets: list[Street]
    misfits: list[Misfit]


def lay_out(
    site: Site, used: Mapping[str, Flags], utility: Mapping[str, str], leaver: Leaver | None = None
) -> Layout:
    """Return the lanes of all streets.

    Parameters
    ----------
    used
        Street edges by network (telecoms of all owners are one).
    utility
        Utility of each network.
    leaver
        Who leaves where not all fit; ``None`` is the least firm.
    """
    leaver = leaver or least_firm(utility)
    anything = np.flatnonzero(np.logical_or.reduce(list(used.values()))) if used else np.zeros(0, dtype=np.int64)
    layout = Layout([], [])
    for parent, stroke in enumerate(strokes_of(site.corridors, anything, site.red_line)):
        names = sorted(name for name, mask in used.items() if mask[list(stroke.edges)].any())
        own = {name: used[name] for name in names}
        _street(site, stroke, parent=parent, used=own, utility=utility, leaver=leaver, layout=layout)
    return layout


def _street(
    site: Site,
    stroke: Stroke,
    *,
    parent: int,
    used: Mapping[str, Flags],
    utility: Mapping[str, str],
    leaver: Leaver,
    layout: Layout,
) -> None:
    """Lay out one stroke: in one piece if that fits, else in as few as do; name edges too narrow by themselves."""
    misfits = _too_narrow(site, stroke, used, utility, leaver)
    if misfits:
        layout.misfits += misfits
        return
    begin, count = 0, len(stroke.edges)
    while begin < count:
        end = count
        while (made := _fitted(site, stroke.part(begin, end), used, utility, slant=begin > 0 or end < count)) is None:
            end -= max(1, (end - begin) // 4)
            if end <= begin:
                layout.misfits.append(_misfit(site, stroke.part(begin, begin + 1), used, utility, leaver, slant=True))
                return
        piece, lanes, fit = made
        layout.streets.append(_made(site, piece, parent, (lanes, fit), utility))
        begin = end


def _made(site: Site, stroke: Stroke, parent: int, found: tuple[Lanes, Fit], planned: Collection[str]) -> Street:
    lanes, fit = found
    edges = list(stroke.edges)
    left, right = _sides(site.room, stroke)
    places = {site.place[e] for e in edges}
    return Street(
        with_line(site.corridors, stroke),
        parent,
        {name: at for name, at in zip(lanes.names, fit.offset_m.tolist(), strict=True) if name in planned},
        fit.legal_order,
        "municipal_road" if "municipal_road" in places else "courtyard",
        -float(right.min()),
        float(left.min()),
    )


def _too_narrow(
    site: Site, stroke: Stroke, used: Mapping[str, Flags], utility: Mapping[str, str], leaver: Leaver
) -> list[Misfit]:
    """Return the edges that cannot hold their own networks, together by who leaves."""
    found: dict[tuple[tuple[str, ...], str, float], tuple[list[int], Misfit]] = {}
    fits: dict[tuple[object, ...], bool] = {}
    for k, edge in enumerate(stroke.edges):
        key = (
            tuple(name for name in used if used[name][edge]),
            round(float(site.room.left[edge]), 2),
            round(float(site.room.right[edge]), 2),
            tuple(site.room.walled[edge].tolist()),
            site.place[edge],
            tuple((one.name, one.offset_m) for one in site.fixed.get(edge, ())),
            stroke.reverse[k],
            tuple(site.sides.get((name, edge), 0) for name in used),
            site.red_line.get(edge, 0),
        )
        piece = stroke.part(k, k + 1)
        if key not in fits:
            fits[key] = _fitted(site, piece, used, utility, slant=False) is not None
        for one in () if fits[key] else _leaving(site, piece, used, utility, leaver):
            found.setdefault((one.together, one.leaves, one.width_m), ([], one))[0].append(edge)
    return [Misfit(tuple(edges), one.together, one.leaves, one.width_m, one.because) for edges, one in found.values()]


def _leaving(
    site: Site, piece: Stroke, used: Mapping[str, Flags], utility: Mapping[str, str], leaver: Leaver
) -> list[Misfit]:
    """Return who leaves an edge, one after another, until the rest fits."""
    rest = dict(used)
    found = []
    while _fitted(site, piece, rest, utility, slant=False) is None:
        found.append(_misfit(site, piece, rest, utility, leaver, slant=False))
        del rest[found[-1].leaves]
    return found


def _misfit(
    site: Site,
    piece: Stroke,
    used: Mapping[str, Flags],
    utility: Mapping[str, str],
    leaver: Leaver,
    *,
    slant: bool,
) -> Misfit:
    lanes = _lanes(site, piece, used, utility, slant=slant)
    chosen = smallest_misfit(lanes)
    together = tuple(lanes.names[k] for k in chosen)
    movable = [name for name in together if name in utility] or [name for name in lanes.names if name in utility]
    edge = piece.edges[0]
    leaves = leaver(movable, edge)
    width = float(site.room.left[edge] + site.room.right[edge])
    because = site.distances.reasons(
        list(dict.fromkeys(utility[n] for n in together if n in utility)), site.place[edge]
    )
    return Misfit(tuple(piece.edges), together, leaves, round(width, 2), because)


def _fitted(
    site: Site, piece: Stroke, used: Mapping[str, Flags], utility: Mapping[str, str], *, slant: bool
) -> tuple[Stroke, Lanes, Fit] | None:
    lanes = _lanes(site, piece, used, utility, slant=slant)
    sided = _on_their_sides(site, piece, lanes)
    turned = piece.edges[0] in site.turned
    red_line = _red_line(site, piece)
    fit = fit_lanes(sided, turned=turned, red_line=red_line)
    if fit is None and sided is not lanes and len(piece.edges) == 1:  # a wish yields where there is no room for it
        fit = fit_lanes(lanes, turned=turned, red_line=red_line)
    return None if fit is None else (piece, lanes, fit)


def _red_line(site: Site, piece: Stroke) -> int:
    """Return on which side of a piece the red line of a wide road is; 0 where it is in no such strip throughout."""
    sides = {
        site.red_line.get(edge, 0) * (-1 if back else 1)
        for edge, back in zip(piece.edges, piece.reverse, strict=True)
    }
    return sides.pop() if len(sides) == 1 else 0


def _on_their_sides(site: Site, piece: Stroke, lanes: Lanes) -> Lanes:
    """Return the lanes kept to the sides of the street that a planner wants."""
    low, high = lanes.low.copy(), lanes.high.copy()
    length = site.corridors.length_mm[list(piece.edges)]
    for k, name in enumerate(lanes.names):
        told = [site.sides.get((name, edge), 0) for edge in piece.edges]
        if any(told):
            left = float(np.dot(np.where(piece.reverse, -1, 1) * told, length))
            low[k], high[k] = (max(low[k], _BESIDE), high[k]) if left > 0 else (low[k], min(high[k], -_BESIDE))
    changed = (low != lanes.low).any() or (high != lanes.high).any()
    return replace(lanes, low=low, high=high) if changed else lanes


def _sides(room: Room, stroke: Stroke) -> tuple[Floats, Floats]:
    edges, back = list(stroke.edges), np.array(stroke.reverse)
    left = np.where(back, room.right[edges], room.left[edges])
    right = np.where(back, room.left[edges], room.right[edges])
    return left, right


def _lanes(site: Site, piece: Stroke, used: Mapping[str, Flags], utility: Mapping[str, str], *, slant: bool) -> Lanes:
    edges = np.array(piece.edges)
    left, right = _sides(site.room, piece)
    walls = site.room.walled[edges]
    back = np.array(piece.reverse)
    wall_left, wall_right = np.where(back, walls[:, 1], walls[:, 0]), np.where(back, walls[:, 0], walls[:, 1])
    names = [name for name in used if used[name][edges].any()]
    masks = np.array([used[name][edges] for name in names]).reshape(len(names), len(edges))
    low, high = np.zeros(len(names)), np.zeros(len(names))
    for k, name in enumerate(names):
        design, on = MAINS[utility[name]], masks[k]
        wall = np.array([site.distances.wall_m(design, site.place[e]) for e in edges[on]])
        edge_m = design.width_m / 2.0 + MARGIN_M
        high[k] = float((left[on] - np.where(wall_left[on] > 0, wall, edge_m)).min())
        low[k] = -float((right[on] - np.where(wall_right[on] > 0, wall, edge_m)).min())
    apart = _apart(site, names, utility, masks, piece)
    lanes = Lanes(tuple(names), tuple(utility[name] for name in names), low, high, apart * (_SLANT if slant else 1.0))
    return _with_fixed(site, piece, lanes, masks)


def _apart(site: Site, names: list[str], utility: Mapping[str, str], masks: Ints, piece: Stroke) -> Floats:
    edges = np.array(piece.edges)
    length = site.corridors.length_mm[edges] / 1000.0
    begin = np.concatenate([[0.0], np.cumsum(length)])
    place: Place = "municipal_road" if "municipal_road" in {site.place[e] for e in edges} else "courtyard"
    apart = np.zeros((len(names), len(names)))
    stretch = [_stretches(mask, begin) for mask in masks]
    for a, one in enumerate(names):
        for b, other in enumerate(names[:a]):
            if _beside(stretch[a], stretch[b]):
                apart[a, b] = apart[b, a] = _axes_m(site, utility[one], utility[other], place)
    return apart


def _axes_m(site: Site, one: str, other: str, place: Place) -> float:
    """Return how far apart two mains lie, so that the service lines of either end clear of the other one."""
    first, second, pair_m = MAINS[one], MAINS[other], site.distances.pair_m
    return max(
        pair_m(first, place, second, place),
        pair_m(SERVICES[one], "courtyard", second, place),
        pair_m(SERVICES[other], "courtyard", first, place),
    )


def _stretches(mask: Ints, begin: Floats) -> list[tuple[float, float]]:
    on = np.flatnonzero(mask)
    groups = np.split(on, np.flatnonzero(np.diff(on) > 1) + 1)
    return [(float(begin[group[0]]), float(begin[group[-1] + 1])) for group in groups if group.size]


def _beside(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> bool:
    return any(a[0] < b[1] + BESIDE_M and b[0] < a[1] + BESIDE_M for a in one for b in other)


def _with_fixed(site: Site, piece: Stroke, lanes: Lanes, masks: Ints) -> Lanes:
    """Return the lanes with those of existing lines, which have one offset only."""
    kept: dict[str, tuple[float, float, Fixed, list[int]]] = {}
    for k, edge in enumerate(piece.edges):
        for one in site.fixed.get(edge, ()):
            at = -one.offset_m if piece.reverse[k] else one.offset_m
            low, high, _, on = kept.get(one.name, (at, at, one, []))
            kept[one.name] = (min(low, at), max(high, at), one, [*on, k])
    if not kept:
        return lanes
    count, more = len(lanes.names), len(kept)
    apart = np.zeros((count + more, count + more))
    apart[:count, :count] = lanes.apart
    places = np.zeros(more)
    for position, (low, high, one, on) in enumerate(kept.values()):
        places[position] = (low + high) / 2.0
        for k, utility in enumerate(lanes.utilities):
            if masks[k][on].any():
                apart[k, count + position] = one.apart_m.get(utility, 0.0) + (high - low) / 2.0
    apart[count:, :count] = apart[:count, count:].T
    return Lanes(
        (*lanes.names, *kept),
        (*lanes.utilities, *("power" for _ in kept)),
        np.concatenate([lanes.low, places]),
        np.concatenate([lanes.high, places]),
        apart,
    )
