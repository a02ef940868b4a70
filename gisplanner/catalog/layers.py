"""Layers and utilities from ``layers/``: a folder is a map layer, a file in ``utilities/`` a kind of pipeline."""

from __future__ import annotations

import hashlib
import logging
import math
import time
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from gisplanner.catalog.files import faults_of
from gisplanner.domain.layers import LayerSpec, UtilitySpec
from gisplanner.errors import CatalogueError, Fault, NotFoundError
from gisplanner.resources import resource_dir
from gisplanner.text import Text

Record = TypeVar("Record", bound=BaseModel)

LOOK_AGAIN_S: Final = 1.0
"""A folder that is added, changed or removed while the program runs is noticed after this long."""

_log: Final = logging.getLogger(__name__)


@dataclass
class _Read:
    """What was read of ``layers/``, from which state of its files, and when that was last looked at."""

    specs: dict[str, LayerSpec] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, int], ...] = ()
    edition: int = 0
    looked_at_s: float = -math.inf

    def look(self) -> None:
        now = time.monotonic()
        if now - self.looked_at_s < LOOK_AGAIN_S:
            return
        files = _state_of_files()
        if files != self.files:
            try:
                specs, texts = _read_layers()
            except CatalogueError as error:
                if not self.specs:
                    raise
                # A definition somebody is just writing must not take down a server that works.
                _log.exception("layers/ cannot be read, the layers read before stay: %s", error.faults)
            else:
                self.specs, self.texts, self.edition = specs, texts, self.edition + 1
                self.marks = {
                    name: hashlib.sha256(repr((spec, texts[name])).encode()).hexdigest()
                    for name, spec in specs.items()
                }
            self.files = files
        self.looked_at_s = now


_read: Final = _Read()


def layers() -> dict[str, LayerSpec]:
    """Return all layers by name, in the order of their folders, as they stand there now.

    Raises
    ------
    CatalogueError
        One or more definitions are wrong; all faults at once.

    Examples
    --------
    >>> layers()["estates"].title
    '老旧小区'
    """
    _read.look()
    return _read.specs


def layers_edition() -> int:
    """Return a number that goes up when a definition changes while the program runs: what was made of them is old."""
    _read.look()
    return _read.edition


def _state_of_files() -> tuple[tuple[str, int], ...]:
    files = [file for name in ("layer.toml", "select.sql") for file in resource_dir("layers").glob(f"*/{name}")]
    return tuple((str(file), file.stat().st_mtime_ns) for file in sorted(files))


def _read_layers() -> tuple[dict[str, LayerSpec], dict[str, str]]:
    found = sorted(path.parent for path in resource_dir("layers").glob("*/layer.toml"))
    records = _read_all([folder / "layer.toml" for folder in found], LayerSpec)
    faults = [
        Fault(file=str(folder / "layer.toml"), column="name", value=record.name, allowed=folder.name)
        for folder, record in zip(found, records, strict=True)
        if record.name != folder.name
    ]
    faults += [Fault(file=str(folder / "select.sql")) for folder in found if not (folder / "select.sql").is_file()]
    _raise(faults)
    texts = {folder.name: (folder / "select.sql").read_text(encoding="utf-8") for folder in found}
    return {record.name: record for record in records}, texts


def layer(name: str) -> LayerSpec:
    """Return one layer.

    Raises
    ------
    NotFoundError
        There is none of that name.
    """
    if name not in layers():
        known = "、".join(layers())
        raise NotFoundError(
            Text(f"没有图层 {name}。", en=f"There is no layer {name}."), [Fault(layer=name, allowed=known)]
        )
    return layers()[name]


def select_sql(name: str) -> str:
    """Return the query of a layer; it takes ``:district_id``."""
    return _read.texts[layer(name).name]


def layer_mark(name: str) -> str:
    """Return a fingerprint of the definition of a layer, its query included."""
    return _read.marks[layer(name).name]


@cache
def utilities() -> dict[str, UtilitySpec]:
    """Return all kinds of pipeline by code."""
    files = sorted((resource_dir("layers") / "utilities").glob("*.toml"))
    records = _read_all(files, UtilitySpec)
    _raise(
        [
            Fault(file=str(file), column="code", value=record.code, allowed=file.stem)
            for file, record in zip(files, records, strict=True)
            if record.code != file.stem
        ]
    )
    return {record.code: record for record in records}


def _read_all(files: list[Path], kind: type[Record]) -> list[Record]:
    records: list[Record] = []
    faults: list[Fault] = []
    for file in files:
        try:
            records.append(kind.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            faults += faults_of(file, error)
    _raise(faults)
    return records


def _raise(faults: list[Fault]) -> None:
    if faults:
        raise CatalogueError(Text("定义文件有误。", en="Definition files are wrong."), faults)
