"""A second thread that mends the tree region by region while the first one raises the bound."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np

from gisplanner.planning.bundling.dice import new_dice, roll
from gisplanner.planning.pipes.steiner.closing import close
from gisplanner.planning.pipes.steiner.growth import grow_tree
from gisplanner.planning.pipes.steiner.network import Flags
from gisplanner.planning.pipes.steiner.reduction import DETOUR_NODES, without_detours
from gisplanner.planning.pipes.steiner.regions import Region, Regions, centres_of
from gisplanner.planning.pipes.steiner.state import Search
from gisplanner.planning.pipes.steiner.subsets import seconds_needed
from gisplanner.planning.pipes.steiner.turns import LEAST_TURN_S, lighten, perturb, settle

_WORTH_STARTING_S: Final = 1.0
_REGION_S: Final = 0.3
_REGION_TURN_S: Final = 0.03
_REGION_SETTLE_S: Final = 0.02
_GUIDED: Final = 1e-3


@dataclass(slots=True)
class Mender:
    """What one thread asks of the other.

    Attributes
    ----------
    copy
        The search whose tree is mended, on the network as it was when it was handed over.
    levels
        How many levels the network had by then.
    """

    copy: Search | None = None
    levels: int = 0
    regions: Regions = field(default_factory=Regions)
    pool: ThreadPoolExecutor | None = None
    running: Future[None] | None = None

    def __enter__(self) -> Self:
        """Return the mender, which starts its thread when there is reason to."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the thread; what it failed by is raised."""
        self.regions.stop()
        if self.pool is not None:
            self.pool.shutdown()
        if self.running is not None:
            self.running.result()

    def turn(self, search: Search) -> None:
        """Take a better tree over, and hand over what is to be mended."""
        if self.running is None and search.left() < _WORTH_STARTING_S:
            perturb(search, LEAST_TURN_S)
            return
        if self.copy is not None and self.copy.best < search.best - search.slight:
            self._take(search, self.copy)
        if self.running is not None and self.running.done():
            self.running.result()
            self.running = None
        if self.running is None:
            self._hand_over(search)
        elif self.copy is not None and self._news(search, self.copy):
            self.regions.stop()
        else:
            self.regions.centres = centres_of(search)

    def _news(self, search: Search, copy: Search) -> bool:
        return copy.net is not search.net or search.best < copy.best - search.slight

    def _take(self, search: Search, copy: Search) -> None:
        """Offer the tree of ``copy``, or what is left of it on the network as it is now."""
        chosen: Flags = copy.chosen.copy()
        if copy.net is search.net:
            search.offer(chosen)
            return
        for level in search.levels[self.levels :]:
            chosen = np.logical_and.reduceat(chosen[level.part], level.part_start[:-1])
        search.offer(grow_tree(search.net, np.where(chosen, _GUIDED, 1.0) * search.net.weight, search.root()))

    def _hand_over(self, search: Search) -> None:
        if not search.net.weight.size:
            return
        self.pool = self.pool or ThreadPoolExecutor(1, thread_name_prefix="mend")
        copy = search.part(search.most, search.left())
        copy.dice = new_dice(roll(search.dice, 1 << 30))
        self.copy, self.levels = copy, len(search.levels)
        self.regions.restart(centres_of(search))
        self.running = self.pool.submit(mend, copy, self.regions)


def mend(search: Search, regions: Regions) -> None:
    """Put the best tree of one region after another in the place of what the tree is there; shake it at its best."""
    while not regions.stopped and search.left() > 0.0:
        if regions.covered(search):
            before = search.best
            perturb(search, LEAST_TURN_S)
            regions.vain = 0 if search.best < before else regions.vain
            continue
        region = regions.draw(search, _REGION_S)
        if region is None:
            regions.note(better=False, proven=True)
            continue
        if not regions.stopped:  # while the region was drawn
            solve(region)
        if not regions.stopped:
            regions.note(better=region.put_back(search), proven=region.part.proven())


def solve(region: Region) -> None:
    """Find the best tree of a region, or a better one within its time."""
    part = region.part
    part.shrink(np.ones(part.net.weight.size, dtype=np.bool_))
    if part.net.weight.size:
        part.shrink(without_detours(part.net, part.useful(), DETOUR_NODES))
    if part.net.weight.size and seconds_needed(part.net) < _REGION_SETTLE_S:
        settle(part)
    if part.net.weight.size:
        lighten(part)
        close(part, turn=_REGION_TURN_S)
