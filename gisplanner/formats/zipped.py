"""A zipped Shapefile: looked into before it is unpacked, unpacked within limits, read, thrown away."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.layers import LayerInfo, RawLayer
from gisplanner.formats.ogr import read_shapefile, require_companions
from gisplanner.text import Text

MAX_UNPACKED_BYTES: Final = 4 << 30
"""Four gibibytes: a Shapefile may have two in its ``.shp`` and two in its ``.dbf``."""

MAX_MEMBERS: Final = 10_000
_PARTS: Final = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_CHUNK_BYTES: Final = 1 << 20


class ZippedShapefileReader:
    """Reads the Shapefiles in a ZIP archive; a layer is named like its ``.shp``.

    Only the five parts of a Shapefile are unpacked, under names of our own, so nothing in the archive decides
    where a file is written.
    """

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the Shapefiles in the archive."""
        with _opened(path) as archive:
            return [LayerInfo(name) for name in _shapefiles(path, archive)]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:
        """Return one Shapefile of the archive."""
        with _opened(path) as archive, tempfile.TemporaryDirectory(prefix="gisplanner-") as folder:
            target = Path(folder) / "layer.shp"
            budget = MAX_UNPACKED_BYTES
            for suffix, member in _shapefiles(path, archive)[layer].items():
                budget -= _unpack(path, archive, member, target.with_suffix(suffix), budget)
            return read_shapefile(target, encoding=encoding, shown=path.name)


def _shapefiles(path: Path, archive: zipfile.ZipFile) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Return the parts of each Shapefile by its name, after looking at all names and sizes."""
    members = archive.infolist()
    faults = [fault for member in members if (fault := _fault(path, member)) is not None]
    if faults or len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise FileFormatError(
            Text(
                f"{path.name} 不安全或过大：至多 {MAX_MEMBERS} 个文件、解压后 {MAX_UNPACKED_BYTES >> 30} GB。",
                en=f"{path.name} is unsafe or too large: at most {MAX_MEMBERS} files, "
                f"{MAX_UNPACKED_BYTES >> 30} GB unpacked.",
            ),
            faults or [Fault(file=path.name)],
        )
    parts: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for member in members:
        name = PurePosixPath(member.filename)
        if name.suffix.lower() in _PARTS and not member.is_dir() and "__MACOSX" not in name.parts:
            parts.setdefault(str(name.with_suffix("")).casefold(), {})[name.suffix.lower()] = member
    found = [group for group in parts.values() if ".shp" in group]
    if not found:
        raise FileFormatError(
            Text(f"{path.name} 里没有 Shapefile（.shp）。", en=f"{path.name} holds no Shapefile (.shp)."),
            [Fault(file=path.name, value="、".join(member.filename for member in members[:10]), allowed=".shp")],
        )
    for group in found:
        require_companions(Path(group[".shp"].filename), set(group))
    stems = [PurePosixPath(group[".shp"].filename) for group in found]
    unique = len({stem.stem for stem in stems}) == len(stems)
    return {(stem.stem if unique else str(stem)): group for stem, group in zip(stems, found, strict=True)}


def _fault(path: Path, member: zipfile.ZipInfo) -> Fault | None:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts:
        hint = Text("文件名指向压缩包之外", en="the name points out of the archive")
    elif member.flag_bits & 0x1:
        hint = Text("压缩包有密码，请解密后再导入", en="the archive is encrypted")
    else:
        return None
    return Fault(file=path.name, value=member.filename, hint=hint)


def _unpack(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: int) -> int:
    """Write a member to ``target`` and return its size, counted while unpacking: headers may lie."""
    size = 0
    try:
        with archive.open(member) as source, target.open("wb") as sink:
            while chunk := source.read(_CHUNK_BYTES):
                size += len(chunk)
                if size > budget:
                    raise FileFormatError(
                        Text(f"{path.name} 解压后过大。", en=f"{path.name} is too large unpacked."),
                        [Fault(file=path.name, value=member.filename)],
                    )
                sink.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    return size


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        # Windows packs Chinese names in GBK without saying so; names marked UTF-8 are read as that.
        archive = zipfile.ZipFile(path, metadata_encoding="gb18030")
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    with archive:
        yield archive


def _damaged(path: Path) -> FileFormatError:
    return FileFormatError(
        Text(f"{path.name} 不是完好的 ZIP 压缩包。", en=f"{path.name} is no intact ZIP archive."),
        [Fault(file=path.name)],
    )
