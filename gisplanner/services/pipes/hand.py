"""The planner's hand (人工干预): forbid or force a street, lock a route, move a connection, each with a reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gisplanner.catalog.layers import faults_of
from gisplanner.errors import Fault, InputError
from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint import Limits
from gisplanner.planning.pipes.lanes.laying import network_of
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.services.pipes.streets import Streets
from gisplanner.text import Text

WHAT: Final = ("forbid", "force", "lock", "move")


class Wish(BaseModel):
    """One thing a planner says.

    ``forbid`` keeps a network out of a street, ``force`` sends it along, ``lock`` keeps it to the streets named and
    no other, ``move`` says where (``at``, metres of the planning CRS) it enters a building.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: Literal["forbid", "force", "lock", "move"]
    network: str
    """Name of a network or code of a utility; ``*`` is all of them."""
    streets: tuple[str, ...] = ()
    building: str | None = None
    at: tuple[float, float] | None = None
    because: Annotated[str, Field(min_length=1)]


class Hand(BaseModel):
    """What a planner says beforehand, who says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wishes: tuple[Wish, ...] = ()
    by: str | None = None


NO_HAND: Final = Hand()


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Wishes as routes and lanes read them."""

    limits: Mapping[int, Limits] = field(default_factory=dict)
    connection: Mapping[tuple[str, int], Floats] = field(default_factory=dict)


def read_hand(path: Path) -> Hand:
    """Read wishes from a JSON file: ``{"by": …, "wishes": [{"what", "network", "streets", "because"}]}``.

    Raises
    ------
    InputError
        It cannot be read; all faults.
    """
    try:
        return Hand.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(
            Text(f"读不了 {path.name}。", en=f"{path.name} cannot be read."), [Fault(file=path.name)]
        ) from error
    except ValueError as error:
        faults = faults_of(path, error) if isinstance(error, ValidationError) else [Fault(path.name, hint=str(error))]
        raise InputError(Text(f"{path.name} 不能用。", en=f"{path.name} cannot be used."), faults) from error


def told_to_routes(hand: Hand, ground: Ground, corridors: Corridors, streets: Streets) -> Told:
    """Return the wishes as limits of the demands.

    Raises
    ------
    InputError
        A network, street or building is not there; all of them.
    """
    faults: list[Fault] = []
    forbidden: dict[int, set[int]] = {}
    forced: dict[int, set[int]] = {}
    connection: dict[tuple[str, int], Floats] = {}
    for number, wish in enumerate(hand.wishes):
        demands = [
            k for k, one in enumerate(ground.demands) if wish.network in {"*", one.name, one.utility, network_of(one)}
        ]
        if not demands:
            known = "、".join(one.name for one in ground.demands)
            faults.append(Fault(row=number, column="network", value=wish.network, allowed=known))
        if wish.what == "move":
            _move(
                wish,
                number,
                demands,
                ground=ground,
                corridors=corridors,
                forbidden=forbidden,
                connection=connection,
                faults=faults,
            )
            continue
        edges = _edges(wish, number, streets, faults)
        for k in demands:
            if wish.what == "forbid":
                forbidden.setdefault(k, set()).update(edges)
            else:
                forced.setdefault(k, set()).update(edges)
            if wish.what == "lock":
                outside = np.flatnonzero(streets.road >= 0).tolist()
                forbidden.setdefault(k, set()).update(set(outside) - edges)
    if faults:
        raise InputError(Text("人工干预的内容对不上。", en="What the planner says fits nothing here."), faults)
    limits = {k: Limits(frozenset(forbidden.get(k, ())), frozenset(forced.get(k, ()))) for k in {*forbidden, *forced}}
    return Told(limits, connection)


def _edges(wish: Wish, number: int, streets: Streets, faults: list[Fault]) -> set[int]:
    found: set[int] = set()
    if not wish.streets:
        faults.append(Fault(row=number, column="streets", allowed=Text("至少一条道路", en="a street")))
    for name in wish.streets:
        rows = [row for row, known in enumerate(streets.name) if known == name]
        if not rows:
            known = "、".join(dict.fromkeys(streets.name[:20]))
            faults.append(Fault(row=number, column="streets", value=name, allowed=known))
        found |= set(np.flatnonzero(np.isin(streets.road, rows)).tolist())
    return found


def _move(
    wish: Wish,
    number: int,
    demands: list[int],
    *,
    ground: Ground,
    corridors: Corridors,
    forbidden: dict[int, set[int]],
    connection: dict[tuple[str, int], Floats],
    faults: list[Fault],
) -> None:
    """Keep the service line nearest to the point, and forbid the building's others to the network."""
    names = {str(name): row for row, name in enumerate(ground.buildings.index)}
    row = names.get(str(wish.building))
    if row is None:
        faults.append(Fault(row=number, column="building", value=wish.building))
    if wish.at is None:
        faults.append(Fault(row=number, column="at", allowed="[x, y]"))
    if row is None or wish.at is None:
        return
    own = np.flatnonzero(corridors.building == row)
    if not own.size:
        return
    point = np.array(wish.at)
    apart = [float(np.hypot(*(np.array(line.coords[0]) - point))) for line in corridors.geometry[own]]
    chosen = int(own[int(np.argmin(apart))])
    for k in demands:
        forbidden.setdefault(k, set()).update(set(own.tolist()) - {chosen})
        connection[network_of(ground.demands[k]), row] = point


def hand_document(hand: Hand) -> dict[str, Any]:
    """Return the JSON form."""
    return hand.model_dump(mode="json")
