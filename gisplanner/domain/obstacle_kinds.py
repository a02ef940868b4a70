"""What an obstacle (障碍物) is by the words it is written with: to engines, to trenches, to gas lines."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Standing(BaseModel):
    """What it means that something stands there.

    Attributes
    ----------
    built
        It stands on the ground, and so upon a gas line below it (占压).
    stops
        An engine cannot drive over it.
    dug
        Lines are dug through it, and it is put back.
    foot_m
        Ground around its middle that is not dug where it is drawn as a point.
    foot_source
        Where that distance comes from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    built: bool
    stops: bool
    dug: bool
    foot_m: float = Field(ge=0)
    foot_source: str


class ObstacleKind(Standing):
    """One kind: known by any of its words."""

    name: str
    words: tuple[str, ...] = Field(min_length=1)


class ObstacleKinds(BaseModel):
    """All kinds in the order in which their words are looked for, and what everything else is."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    other: Standing
    kinds: tuple[ObstacleKind, ...]

    def named(self, written: object) -> ObstacleKind | None:
        """Return the kind something is written as, ``None`` where no word fits."""
        text = str(written).casefold()
        return next((one for one in self.kinds if any(word in text for word in one.words)), None)

    def of(self, written: object) -> Standing:
        """Return what it means that something written so stands there."""
        return self.named(written) or self.other
