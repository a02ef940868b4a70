"""Plan in lanes: routes, the room there is, service lines and depths, until the conflict check finds nothing.

What does not fit gives way: the network leaves the street that is too narrow, and is routed round it; where there is
no way round, the building it was meant for is named with the clause, and the rest is planned.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import shapely

from gisplanner.domain.clearance import ClearanceConflict, ClearanceReport
from gisplanner.planning.pipes.corridors.graph import Ints
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint import Demand, JointPlan, Route, figures_of, plan_jointly, with_bound
from gisplanner.planning.pipes.joint.demand import NO_LIMITS, Limits
from gisplanner.planning.pipes.joint.route import field_of, find_route
from gisplanner.planning.pipes.lanes.blame import Blame, blamed, shed
from gisplanner.planning.pipes.lanes.design import WORTH
from gisplanner.planning.pipes.lanes.entries import Surroundings
from gisplanner.planning.pipes.lanes.laying import Drawn, Places, draw, network_of, used_by_network
from gisplanner.planning.pipes.lanes.layout import Layout, Misfit, lay_out
from gisplanner.planning.pipes.lanes.leaving import LeastLoss
from gisplanner.planning.pipes.lanes.records import Depths, PlannedLine
from gisplanner.planning.pipes.lanes.room import Room
from gisplanner.planning.pipes.lanes.site import Site
from gisplanner.text import Text

ROUNDS: Final = 25
"""Times that lines are drawn and networks routed round conflicts before the buildings behind are given up."""
_MOST_ROUNDS: Final = 200
_ALIKE_S: Final = 1.0
_BOUND_SHARE: Final = 0.5
_NO_PLACE: Final = Text(
    "入户管四周排不下：与其他管线、相邻建筑或障碍物的净距不足",
    en="no clear place for the service line beside other lines, walls and obstacles",
)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is to be planned, and how lines are judged.

    Attributes
    ----------
    levels
        Depths of drawn lines.
    check
        The conflict check of lines in their places; ids are positions.
    limits
        What a planner forbids and forces, by demand.
    """

    site: Site
    demands: tuple[Demand, ...]
    places: Places
    around: Surroundings
    levels: Callable[[Drawn], Depths]
    check: Callable[[Sequence[PlannedLine], Depths], ClearanceReport]
    limits: Mapping[int, Limits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class LanePlan:
    """Lines in their places with no conflict left.

    Attributes
    ----------
    plan
        The routes the lines stand for.
    misfits
        Streets that could not hold what was asked, each set once.
    room
        Free ground beside each corridor edge.
    rounds
        Times the lines were drawn.
    excepted
        Clearances below the tables as they stand, each by a reduction that somebody answers for.
    """

    plan: JointPlan
    room: Room
    layout: Layout
    lines: tuple[PlannedLine, ...]
    outlets: Mapping[int, Floats]
    depths: Depths
    report: ClearanceReport
    misfits: tuple[Misfit, ...]
    rounds: int
    excepted: tuple[ClearanceConflict, ...] = ()


@dataclass(slots=True, eq=False)
class _State:
    """Routes so far, edges a network cannot use, and why."""

    plan: JointPlan
    until: float
    seed: int
    forbidden: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    why: dict[tuple[str, int], Text] = field(default_factory=dict)
    misfits: dict[tuple[object, ...], Misfit] = field(default_factory=dict)
    turned: set[int] = field(default_factory=set)
    tried: set[int] = field(default_factory=set)

    def turn(self, edges: Collection[int]) -> bool:
        """Put the lanes of a street the other way round, once; return whether that was still to be tried."""
        if self.tried & set(edges):
            return False
        self.tried.update(edges)
        self.turned ^= set(edges)
        return True

    def forbid(self, one: Blame) -> None:
        """Note that a network cannot use edges."""
        self.forbidden[one.network].update(one.edges)
        for edge in one.edges:
            self.why.setdefault((one.network, edge), one.why)

    def note(self, misfit: Misfit) -> None:
        """Remember a street that is too narrow."""
        key = (misfit.together, misfit.leaves, misfit.width_m)
        known = self.misfits.get(key)
        edges = misfit.edges if known is None else tuple(dict.fromkeys((*known.edges, *misfit.edges)))
        self.misfits[key] = replace(misfit, edges=edges)
        self.forbid(Blame(misfit.leaves, misfit.edges, misfit_text(misfit)))


def misfit_text(one: Misfit) -> Text:
    """Return in words what a street cannot hold."""
    names = "、".join(one.together)
    clauses = "；".join(dict.fromkeys(f"{r.a}–{r.b} {r.required_m:g} m {r.clause}" for r in one.because))
    return Text(
        f"通道宽 {one.width_m:g} m，排不下 {names}（{clauses}），{one.leaves} 退出",
        en=f"{one.width_m:g} m of width do not hold {', '.join(one.together)} ({clauses}); {one.leaves} leaves",
    )


def plan_in_lanes(task: Task, *, time_limit_s: float = 60.0, seed: int = 0) -> LanePlan:
    """Return a plan whose lines keep every clause.

    Parameters
    ----------
    time_limit_s
        Seconds to search for routes; laying them comes on top.

    Notes
    -----
    Where somebody is left without a network, all is laid a second time with the order of the standard from the other
    side of streets, and the plan is kept that leaves out less.
    """
    until = time.perf_counter() + time_limit_s
    start = plan_jointly(
        task.site.corridors, task.demands, limits=task.limits, time_limit_s=time_limit_s * 0.6, seed=seed
    )
    found = _laid(task, start, until, seed)
    corridors = task.site.corridors
    if any(route.unserved.keys() - corridors.no_access.keys() for route in found.plan.joint):
        turned = _laid(task, start, until, seed, turned=range(len(corridors.edges)))
        found = min((found, turned), key=lambda one: (_missing(task, one), one.plan.joint_m))
    seconds = max((until - time.perf_counter()) * _BOUND_SHARE, _ALIKE_S)
    return replace(found, plan=with_bound(corridors, found.plan, start, task.limits, seconds=seconds, seed=seed))


def _missing(task: Task, plan: LanePlan) -> float:
    """Return what the buildings without a network count."""
    return sum(
        WORTH[demand.utility] * len(route.unserved)
        for demand, route in zip(task.demands, plan.plan.joint, strict=True)
    )


def _laid(task: Task, start: JointPlan, until: float, seed: int, *, turned: Iterable[int] = ()) -> LanePlan:
    """Return the routes laid in lanes, networks sent round what is in their way."""
    state = _State(start, until, seed, turned=set(turned))
    for rounds in range(1, _MOST_ROUNDS + 1):
        layout = _layout(task, state)
        drawn = draw(
            task.site,
            layout.streets,
            task.demands,
            state.plan.joint,
            places=task.places,
            around=task.around,
        )
        depths = task.levels(drawn)
        report = task.check(drawn.lines, depths)
        blames = [Blame(network, (edge,), _NO_PLACE) for network, edge in drawn.unplaced]
        leaver = LeastLoss(task.site.corridors, task.demands, _limits(task, state))
        blames += [blamed(task.site.corridors, drawn.lines, one, leaver) for one in report.conflicts]
        if not blames:
            break
        if rounds <= ROUNDS:
            _route_round(task, state, _after_turning(layout, state, blames))
        else:
            _give_up(task, state, blames)
    named = _with_reasons(task, _compared_alike(task, state))
    misfits = tuple(state.misfits.values())
    return LanePlan(named, task.site.room, layout, drawn.lines, drawn.outlets, depths, report, misfits, rounds)


def _layout(task: Task, state: _State) -> Layout:
    """Return lanes for the routes; networks leave the streets that are too narrow until the rest fits."""
    corridors = task.site.corridors
    streets = corridors.edges[:, 0] >= corridors.buildings + corridors.sources
    utility = {network_of(demand): demand.utility for demand in task.demands}
    while True:
        used = used_by_network(corridors, task.demands, state.plan.joint)
        leaver = LeastLoss(corridors, task.demands, _limits(task, state))
        site = replace(task.site, turned=frozenset(state.turned))
        layout = lay_out(site, {name: mask & streets for name, mask in used.items()}, utility, leaver)
        if not layout.misfits:
            return layout
        for misfit in layout.misfits:
            state.note(misfit)
        _replan(task, state, {misfit.leaves for misfit in layout.misfits})


def _after_turning(layout: Layout, state: _State, blames: Sequence[Blame]) -> list[Blame]:
    """Return what is still to give way when the lanes of streets that were not are put the other way round."""
    turned = {
        street
        for street in sorted({one.street for one in blames if one.street >= 0})
        if state.turn(layout.streets[street].stroke.edges)
    }
    return [one for one in blames if one.street not in turned]


def _route_round(task: Task, state: _State, blames: Sequence[Blame]) -> None:
    for one in blames:
        state.forbid(one)
    _replan(task, state, {one.network for one in blames})


def _limits(task: Task, state: _State) -> dict[int, Limits]:
    limits = {}
    for k, demand in enumerate(task.demands):
        own = task.limits.get(k, NO_LIMITS)
        limits[k] = replace(own, forbidden=own.forbidden | frozenset(state.forbidden[network_of(demand)]))
    return limits


def _replan(task: Task, state: _State, networks: set[str]) -> None:
    state.plan = plan_jointly(
        task.site.corridors,
        task.demands,
        limits=_limits(task, state),
        known=state.plan,
        changed=[k for k, demand in enumerate(task.demands) if network_of(demand) in networks],
        time_limit_s=max(state.until - time.perf_counter(), 0.5),
        seed=state.seed,
    )


def _give_up(task: Task, state: _State, blames: Sequence[Blame]) -> None:
    joint = list(state.plan.joint)
    for one in blames:
        state.forbid(one)
        for k, demand in enumerate(task.demands):
            if network_of(demand) == one.network:
                joint[k] = shed(task.site.corridors, demand, joint[k], one.edges, one.why)
    state.plan = figures_of(task.site.corridors, task.demands, state.plan.independent, joint)


def _compared_alike(task: Task, state: _State) -> _State:
    """Route independently again what serves fewer buildings now: both baselines serve whom the plan serves."""
    corridors, limits = task.site.corridors, _limits(task, state)
    independent = list(state.plan.independent)
    for k, (demand, route) in enumerate(zip(task.demands, state.plan.joint, strict=True)):
        if independent[k].served != route.served:
            alike = replace(demand, buildings=route.served)
            own = field_of(corridors, alike, limits[k])
            independent[k] = find_route(corridors, alike, own, time_limit_s=_ALIKE_S, seed=state.seed)
    plan = figures_of(corridors, task.demands, independent, state.plan.joint)
    return replace(state, plan=plan)


def _with_reasons(task: Task, state: _State) -> JointPlan:
    """Return the plan in which buildings shut out by a street that is too narrow say so."""
    corridors = task.site.corridors
    stubs: dict[int, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(corridors.building >= 0).tolist():
        stubs[int(corridors.building[edge])].append(edge)
    joint: list[Route] = []
    for demand, route in zip(task.demands, state.plan.joint, strict=True):
        network = network_of(demand)
        closed = np.array(sorted(state.forbidden[network]), dtype=np.int64)
        unserved = dict(route.unserved)
        for row in unserved:
            if row not in corridors.no_access and closed.size:
                unserved[row] = _reason(task, state, network, stubs[row], closed)
        joint.append(replace(route, unserved=unserved))
    return replace(state.plan, joint=tuple(joint))


def _reason(task: Task, state: _State, network: str, stubs: Sequence[int], closed: Ints) -> Text:
    own = [edge for edge in stubs if (network, edge) in state.why]
    if own:
        return state.why[network, own[0]]
    geometry = task.site.corridors.geometry
    apart = shapely.distance(geometry[closed], geometry[stubs[0]])
    return state.why[network, int(closed[int(np.argmin(apart))])]
