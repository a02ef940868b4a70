"""The layers of a plan from a file; of compounds only outlines and streets need be known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gisplanner.crs import planning_crs
from gisplanner.errors import Fault, NotFoundError
from gisplanner.formats.vector import VectorFile, read_vector
from gisplanner.services.pipes.assumed import (
    assumed_sources,
    buildings_of,
    open_ground_told,
    streets_around,
    what_is_missing,
    with_open_ground,
)
from gisplanner.services.pipes.closed_ground import closed_by_column, with_closed
from gisplanner.services.pipes.plan_input import Ground, ground_of_layers
from gisplanner.text import Text

_NEEDED: Final = ("buildings", "roads")
_FURTHER: Final = ("sources", "obstacles", "existing", "heights", "connections")


@dataclass(frozen=True, slots=True, eq=False)
class PlanFile:
    """The layers of a file, read once: what every compound in it is planned from."""

    layers: dict[str, VectorFile]
    estates: VectorFile

    def names(self) -> list[str]:
        """Return the names of the compounds; one without a name is called by its row."""
        known = self.estates.frame["name"] if "name" in self.estates.frame.columns else [None] * len(self)
        return [
            f"小区{row + 1}" if name is None or name != name or not str(name).strip() else str(name).strip()  # noqa: PLR0124 - NaN is not itself
            for row, name in enumerate(known)
        ]

    def __len__(self) -> int:
        """Return how many compounds there are."""
        return len(self.estates.frame)

    def ground(self, rows: list[int] | None = None) -> Ground:
        """Return the ground of some compounds, or of all.

        Raises
        ------
        InputError
            Rows cannot be used; all of them.
        """
        frame = self.estates.frame if rows is None else self.estates.frame.iloc[rows]
        found, notes = _compounds(self.layers, replace(self.estates, frame=frame))
        more = {name: self.layers.get(name) for name in _FURTHER if name != "sources"}
        ground = ground_of_layers(found, more)
        closed = closed_by_column(frame.to_crs(ground.crs))
        obstacles, told = with_closed(ground.obstacles, closed)
        return replace(ground, obstacles=obstacles, notes=(*ground.notes, *notes, *told))


def read_plan_file(path: Path, estates: str, *, crs: str | None = None, encoding: str | None = None) -> PlanFile:
    """Read the layers of a file of compounds.

    Raises
    ------
    InputError, NotFoundError
        A layer is missing or cannot be read.
    """
    layers = _layers(path, crs=crs, encoding=encoding)
    return PlanFile(layers, read_vector(path, layer=estates, crs=crs, encoding=encoding))


def ground_of_file(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    estates: str | None = None,
    estate: str | None = None,
) -> Ground:
    """Read ``buildings``, ``roads``, ``sources`` and, where they are, ``obstacles``, ``existing``, ``heights``.

    A layer ``connections`` (points with ``building`` and ``utility``) says where a utility enters a building.

    Parameters
    ----------
    estates
        Layer of compounds: only their buildings are planned, and where the file has no ``sources`` each compound is
        taken to be connected on the city road nearest to it (a note says so).
    estate
        Name of one of them.

    Raises
    ------
    InputError
        A layer is missing or rows cannot be used; all of them.
    """
    if estates is None:
        layers = _layers(path, crs=crs, encoding=encoding)
        if "sources" not in layers:
            layers["sources"] = read_vector(path, layer="sources", crs=crs, encoding=encoding)
        return ground_of_layers(layers, {name: layers.get(name) for name in _FURTHER})
    file = read_plan_file(path, estates, crs=crs, encoding=encoding)
    if estate is None:
        return file.ground()
    rows = [row for row, name in enumerate(file.names()) if name == estate]
    if not rows:
        raise NotFoundError(
            Text(f"没有小区「{estate}」。", en=f"There is no estate {estate}."),
            [Fault(path.name, estates, None, "name", estate, "、".join(dict.fromkeys(file.names())))],
        )
    return file.ground(rows)


def _layers(path: Path, *, crs: str | None, encoding: str | None) -> dict[str, VectorFile]:
    found = {name: read_vector(path, layer=name, crs=crs, encoding=encoding) for name in _NEEDED}
    for name in _FURTHER:
        try:
            found[name] = read_vector(path, layer=name, crs=crs, encoding=encoding)
        except NotFoundError:
            continue
    return found


def _compounds(files: dict[str, VectorFile], estates: VectorFile) -> tuple[dict[str, VectorFile], tuple[Text, ...]]:
    """Return the layers cut to the compounds, connections assumed where the file has none, and what is missing."""
    sources = files.get("sources")
    system = planning_crs(estates.frame)
    ground = estates.frame.to_crs(system)
    walls = files["buildings"].frame.to_crs(system)
    buildings = buildings_of(ground, walls)
    mapped = streets_around(ground, files["roads"].frame.to_crs(system))
    roads, made = with_open_ground(ground, walls, mapped)
    notes = (*(what_is_missing(mapped, buildings) if sources is None else ()), *open_ground_told(made))
    fed = assumed_sources(ground, mapped) if sources is None else sources.frame.to_crs(system)
    frames = {"buildings": buildings, "roads": roads, "sources": fed}
    like = {**files, "sources": sources or estates}
    return {name: replace(like[name], frame=frame) for name, frame in frames.items()}, notes
