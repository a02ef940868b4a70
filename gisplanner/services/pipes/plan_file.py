"""The layers of a plan from a file; of compounds only outlines and streets need be known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from gisplanner.crs import planning_crs
from gisplanner.errors import Fault, NotFoundError
from gisplanner.formats.vector import VectorFile, read_vector
from gisplanner.services.pipes.assumed import (
    assumed_sources,
    buildings_of,
    streets_around,
    what_is_missing,
    with_open_ground,
)
from gisplanner.services.pipes.plan_input import Ground, ground_of_layers
from gisplanner.text import Text


def ground_of_file(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    estates: str | None = None,
    estate: str | None = None,
) -> Ground:
    """Read ``buildings``, ``roads``, ``sources`` and, where they are, ``obstacles``, ``existing``, ``heights``.

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

    def read(layer: str) -> VectorFile:
        return read_vector(path, layer=layer, crs=crs, encoding=encoding)

    def read_if_there(layer: str) -> VectorFile | None:
        try:
            return read(layer)
        except NotFoundError:
            return None

    files = {name: read(name) for name in ("buildings", "roads")}
    more = {name: read_if_there(name) for name in ("obstacles", "existing", "heights", "connections")}
    if estates is None:
        return ground_of_layers(files | {"sources": read("sources")}, more)
    chosen = _chosen(read(estates), estate)
    found, notes = _compounds(files, chosen, read_if_there("sources"))
    ground = ground_of_layers(found, more)
    return replace(ground, notes=(*ground.notes, *notes))


def _chosen(file: VectorFile, estate: str | None) -> VectorFile:
    if estate is None:
        return file
    names = file.frame["name"] if "name" in file.frame.columns else pd.Series([None] * len(file.frame))
    kept = file.frame[(names == estate).to_numpy()]
    if not len(kept):
        known = "、".join(str(name) for name in names.dropna().unique())
        raise NotFoundError(
            Text(f"没有小区「{estate}」。", en=f"There is no estate {estate}."),
            [Fault(file.path.name, file.layer, None, "name", estate, known)],
        )
    return replace(file, frame=kept)


def _compounds(
    files: dict[str, VectorFile], estates: VectorFile, sources: VectorFile | None
) -> tuple[dict[str, VectorFile], tuple[Text, ...]]:
    """Return the layers cut to the compounds, connections assumed where the file has none, and what is missing."""
    system = planning_crs(estates.frame)
    ground = estates.frame.to_crs(system)
    buildings = buildings_of(ground, files["buildings"].frame.to_crs(system))
    mapped = streets_around(ground, files["roads"].frame.to_crs(system))
    roads, made = with_open_ground(ground, files["buildings"].frame.to_crs(system), mapped)
    notes = what_is_missing(mapped, buildings) if sources is None else ()
    if made:
        told = f"院内 {made} 段走廊按楼间空地推定（道路图层没有），须现场核实"
        notes = (*notes, Text(told, en=f"{made} corridors follow open ground between buildings, to be verified"))
    fed = assumed_sources(ground, mapped) if sources is None else sources.frame.to_crs(system)
    frames = {"buildings": buildings, "roads": roads, "sources": fed}
    like = {**files, "sources": sources or estates}
    return {name: replace(like[name], frame=frame) for name, frame in frames.items()}, notes
