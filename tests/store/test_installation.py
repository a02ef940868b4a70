"""Which PostgreSQL of the machine serves, and what to install where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.store import installation
from gisplanner.store.installation import find_client_tools, find_installation
from tests.store.clusters import one_line


def _programs(root: Path, major: int, names: tuple[str, ...], *, postgis: bool) -> None:
    folder = root / f"usr/lib/postgresql/{major}/bin"
    folder.mkdir(parents=True)
    share = root / f"share/{major}"
    (share / "extension").mkdir(parents=True)
    if postgis:
        (share / "extension" / "postgis.control").touch()
    for name in (*names, "pg_config"):
        program = folder / name
        text = str(share) if name == "pg_config" else f"{name} (PostgreSQL) {major}.4"
        program.write_text(f"#!/bin/sh\necho '{text}'\n")
        program.chmod(0o755)


def test_what_to_install_when_postgresql_is_missing(tmp_path: Path):
    for find in (find_installation, find_client_tools):
        with pytest.raises(DatabaseUnavailableError) as error:
            find(root=tmp_path)
        assert "apt-get install postgresql" in one_line(error)
    _programs(tmp_path, 15, installation.CLIENT_PROGRAMS, postgis=False)
    assert find_client_tools(root=tmp_path).major == 15
    with pytest.raises(DatabaseUnavailableError, match="apt-get install postgresql-15 postgresql-15-postgis-3"):
        find_installation(root=tmp_path)


def test_what_to_install_when_postgis_is_missing(tmp_path: Path):
    _programs(tmp_path, 15, installation.SERVER_PROGRAMS, postgis=False)
    with pytest.raises(DatabaseUnavailableError) as error:
        find_installation(root=tmp_path)
    assert "apt-get install postgresql-15-postgis-3" in one_line(error)


def test_the_newest_version_with_postgis_serves(tmp_path: Path):
    for major, postgis in ((9, True), (15, True), (16, True), (17, False)):
        _programs(tmp_path, major, installation.SERVER_PROGRAMS, postgis=postgis)
    assert find_installation(root=tmp_path).major == 16
    assert find_installation(15, root=tmp_path).bin_dir == tmp_path / "usr/lib/postgresql/15/bin"
    with pytest.raises(DatabaseUnavailableError, match="PostgreSQL 17"):
        find_installation(17, root=tmp_path)
