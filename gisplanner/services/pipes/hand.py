"""The planner's hand (人工干预): what a planner says beforehand, each with a reason, read from a JSON file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gisplanner.catalog.files import faults_of
from gisplanner.errors import Fault, InputError
from gisplanner.rules.reductions import Reduction
from gisplanner.text import Text

What = Literal["forbid", "force", "lock", "move", "side", "apart"]
Side = Literal["north", "south", "east", "west", "other"]
Reason = Annotated[str, Field(min_length=1)]

WHAT_NAMES: Final[dict[What, str]] = {
    "forbid": "禁走",
    "force": "必走",
    "lock": "只走",
    "move": "移接口",
    "side": "定侧",
    "apart": "单独排管",
}
_NEEDS: Final[dict[What, tuple[str, ...]]] = {
    "forbid": ("streets",),
    "force": ("streets",),
    "lock": ("streets",),
    "move": ("building", "at"),
    "side": ("side",),
    "apart": (),
}


class Wish(BaseModel):
    """One thing a planner says.

    ``forbid`` keeps a network out of streets, ``force`` sends it along, ``lock`` keeps it to the streets named and
    no other, ``move`` says where it enters a building (``at``: metres of the planning CRS, or longitude and
    latitude), ``side`` on which side of streets it lies (all streets where none is named; ``other``: not where the
    plan would put it), ``apart`` lays telecoms by themselves rather than in one duct route.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: What
    network: str
    """Name of a network or code of a utility; ``*`` is all of them."""
    streets: tuple[str, ...] = ()
    building: str | None = None
    at: tuple[float, float] | None = None
    side: Side | None = None
    because: Reason

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        missing = [name for name in _NEEDS[self.what] if not getattr(self, name)]
        if missing:
            raise ValueError(f"{self.what} needs {', '.join(missing)}")
        return self

    def told(self) -> str:
        """Return it in words.

        Examples
        --------
        >>> Wish(what="forbid", network="gas", streets=("东街",), because="古树").told()
        '禁走 gas 东街：古树'
        """
        where = [*self.streets, self.building, self.side]
        return " ".join(part for part in (WHAT_NAMES[self.what], self.network, *where) if part) + f"：{self.because}"


class Exemption(BaseModel):
    """A clearance that is smaller with safety measures (减小净距): which, down to what, who answers for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    a: str
    b: str
    """Codes of utilities; ``b`` may be ``building``."""
    to_m: Annotated[float, Field(gt=0)]
    measure: Reason
    because: Reason
    accepted_by: Reason
    document: str | None = None

    def reduction(self) -> Reduction:
        """Return it as the tables take it."""
        return Reduction(**self.model_dump())


class Hand(BaseModel):
    """What a planner says beforehand, who says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wishes: tuple[Wish, ...] = ()
    exceptions: tuple[Exemption, ...] = ()
    by: str | None = None

    def and_also(self, more: Hand) -> Hand:
        """Return both together."""
        return Hand(
            wishes=(*self.wishes, *more.wishes),
            exceptions=(*self.exceptions, *more.exceptions),
            by=more.by or self.by,
        )

    def reasons(self) -> list[str]:
        """Return everything said, in words with its reason."""
        smaller = [
            f"净距 {one.a}–{one.b} 减至 {one.to_m:g} m（{one.measure}，{one.accepted_by}）：{one.because}"
            for one in self.exceptions
        ]
        return [*(wish.told() for wish in self.wishes), *smaller]


NO_HAND: Final = Hand()


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


def hand_document(hand: Hand) -> dict[str, Any]:
    """Return the JSON form."""
    return hand.model_dump(mode="json")
