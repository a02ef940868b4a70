"""Who leaves a street that is too narrow (让路): the network by whose leaving buildings lose least."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.joint.demand import Demand, Limits
from gisplanner.planning.pipes.joint.route import field_of
from gisplanner.planning.pipes.lanes.design import FIRMNESS, WORTH
from gisplanner.planning.pipes.lanes.laying import network_of


@dataclass(slots=True, eq=False)
class LeastLoss:
    """Chooses who leaves an edge, and remembers it: in series with an edge it has left, a network loses nothing more.

    Attributes
    ----------
    limits
        What each demand may not use so far.
    """

    corridors: Corridors
    demands: Sequence[Demand]
    limits: Mapping[int, Limits]
    _left: dict[str, set[int]] = field(default_factory=dict)
    _served: dict[str, int] = field(default_factory=dict)

    def __call__(self, names: Sequence[str], edge: int) -> str:
        """Return the network of ``names`` that leaves the edge."""
        if len(names) == 1:
            chosen = names[0]
        else:
            chosen = min(names, key=lambda name: (self.loss(name, (edge,)), -self._rank(name), name))
        self.leave(chosen, (edge,))
        return chosen

    def leave(self, name: str, edges: Collection[int]) -> None:
        """Note that a network has left edges."""
        self._left.setdefault(name, set()).update(edges)
        self._served.pop(name, None)

    def loss(self, name: str, edges: Collection[int]) -> float:
        """Return what the buildings count that a network loses when it leaves edges."""
        if name not in self._served:
            self._served[name] = self._count(name, frozenset())
        return (self._served[name] - self._count(name, frozenset(edges))) * WORTH[self._demand(name)[1].utility]

    def _rank(self, name: str) -> int:
        return FIRMNESS.index(self._demand(name)[1].utility)

    def _demand(self, name: str) -> tuple[int, Demand]:
        return next((k, one) for k, one in enumerate(self.demands) if network_of(one) == name)

    def _count(self, name: str, more: frozenset[int]) -> int:
        """Return how many buildings the network can reach without the edges it has left."""
        k, demand = self._demand(name)
        own = self.limits[k]
        closed = Limits(own.forbidden | frozenset(self._left.get(name, ())) | more, own.forced)
        return int(field_of(self.corridors, demand, closed).served.size)
