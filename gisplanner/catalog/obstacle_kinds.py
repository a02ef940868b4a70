"""Kinds of obstacles from ``layers/obstacles/kinds.toml``."""

from __future__ import annotations

from functools import cache

from gisplanner.catalog.files import read_definition
from gisplanner.domain.obstacle_kinds import ObstacleKinds
from gisplanner.resources import resource_dir
from gisplanner.text import Text


@cache
def obstacle_kinds() -> ObstacleKinds:
    """Return the kinds.

    Raises
    ------
    CatalogueError
        The shipped file is wrong.

    Examples
    --------
    >>> [obstacle_kinds().named(word).name for word in ("独立树", "绿篱", "水泥电杆", "道路侧石")]
    ['tree', 'shrub', 'pole', 'kerb']
    >>> obstacle_kinds().named("围墙") is None
    True
    >>> obstacle_kinds().of("路缘石").stops, obstacle_kinds().of("围墙").stops, obstacle_kinds().of(None).built
    (False, True, True)
    """
    file = resource_dir("layers") / "obstacles" / "kinds.toml"
    return read_definition(file, ObstacleKinds, Text("定义文件有误。", en="Definition files are wrong."))
