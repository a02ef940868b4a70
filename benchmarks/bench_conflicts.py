"""Networks: how long a check takes, whether a plain loop finds the same, whether every file goes in or is refused."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from benchmarks.network_files import ROWS, files, truth, wrong_files
from benchmarks.real_networks import sets
from benchmarks.table import Table, seconds
from gisplanner.catalog.clearances import clearance_standards
from gisplanner.domain.district import District
from gisplanner.errors import InputError
from gisplanner.planning.pipes.clearance import check_clearances
from gisplanner.services.database import open_database, stop_database
from gisplanner.services.districts import create_district
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.upload import import_networks
from gisplanner.store.database import Database
from tests.planning.pipes.clearance_oracle import conflicts
from tests.planning.pipes.test_clearance import between, frame_of, town

_ON_EACH_OTHER = (
    "Lines within a millimetre of each other for a metre, or half of the shorter one, run side by side, although one "
    "may pass to the other side by a hair; a gas main and a cable of Schutterwald do so for 11 m."
)
SIZES = ((5_000, 0.3), (50_000, 3.0), (200_000, 15.0))
_AREA_PER_LINE_M2 = 250.0


def run() -> list[Table]:
    return [_times(), _against_a_loop(), _real_against_a_loop(), *_files()]


def _times() -> Table:
    table = Table(
        "Segments in random streets, seven kinds",
        ["segments", "pairs", "conflicts", "s", "CPU s", "goal s"],
        notes=["One thread; where the machine does other work too, the CPU time is what the check takes."],
    )
    standards = clearance_standards()
    check_clearances(frame_of(town(0, 100, 90.0)), standards)
    for count, goal in SIZES:
        frame = frame_of(town(1, count, float(np.sqrt(count * _AREA_PER_LINE_M2))))
        report = check_clearances(frame, standards)
        begun = time.process_time()
        taken = seconds(lambda frame=frame: check_clearances(frame, standards), runs=3)
        cpu = (time.process_time() - begun) / 3
        pairs, found = f"{report.checked_pairs:,}", f"{len(report.conflicts):,}"
        table.rows.append([f"{count:,}", pairs, found, f"{taken:.2f}", f"{cpu:.2f}", f"{goal:g}"])
    return table


def _against_a_loop() -> Table:
    table = Table(
        "Against a plain loop over all pairs",
        ["town", "segments", "conflicts of the loop", "found", "false", "wrong by > 1 mm"],
    )
    standards = clearance_standards()
    for seed in range(10):
        pipes = town(100 + seed, 700, 160.0)
        expected = conflicts(pipes)
        found = between(check_clearances(frame_of(pipes), standards))
        wrong = sum(abs(found[pair] - expected[pair]) > 0.0011 for pair in expected.keys() & found.keys())
        table.rows.append(
            [
                str(seed),
                str(len(pipes)),
                str(len(expected)),
                f"{100 * len(expected.keys() & found.keys()) / len(expected):.1f} %",
                str(len(found.keys() - expected.keys())),
                str(wrong),
            ]
        )
    return table


def _real_against_a_loop() -> Table:
    table = Table(
        "Real networks against a plain loop over all pairs of different networks",
        ["networks", "segments", "conflicts of the loop", "found", "false", "wrong by > 1 mm"],
        notes=[
            "Geometry is real; kinds, sizes and depths are assumed; networks of one town are moved some decimetres.",
            _ON_EACH_OTHER,
            "Sets whose data does not stand beside the checkout are missing.",
        ],
    )
    standards = clearance_standards()
    for name, pipes in sets().items():
        kinds = {pipe.name: pipe.kind for pipe in pipes}
        expected = {key: clear for key, clear in conflicts(pipes).items() if kinds[key[0]] != kinds[key[1]]}
        report = between(check_clearances(frame_of(pipes), standards))
        found = {key: clear for key, clear in report.items() if kinds[key[0]] != kinds[key[1]]}
        wrong = sum(abs(found[pair] - expected[pair]) > 0.0011 for pair in expected.keys() & found.keys())
        share = 100 * len(expected.keys() & found.keys()) / max(len(expected), 1)
        false = len(found.keys() - expected.keys())
        table.rows.append([name, str(len(pipes)), str(len(expected)), f"{share:.1f} %", str(false), str(wrong)])
    return table


def _files() -> list[Table]:
    good = Table(
        f"Files of {ROWS} lines into the database",
        ["format", "encoding", "CRS", "accepted", "values right", "farthest off (mm)"],
    )
    bad = Table("Files that must not go in", ["what is wrong", "accepted", "refused because"])
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        base.chmod(0o755)
        db = open_database(base / "home", base=base)
        try:
            district = create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.1, 26.1))
            for kind, encoding, crs, make in files(base):
                good.rows.append([kind, encoding, crs, *_taken_in(db, district, make())])
            for what, make in wrong_files(base):
                bad.rows.append([what, *_refused(db, district, make())])
        finally:
            db.close()
            stop_database(base / "home")
    return [good, bad]


def _taken_in(db: Database, district: District, made: tuple[Path, dict[str, Any]]) -> list[str]:
    report = import_networks(db, district, made[0], owner="水司", trust_coordinates=True, **made[1])
    stored, expected = layer_frame(db, district, "pipe_segments"), truth()
    tree = shapely.STRtree(stored.geometry.to_numpy())
    nearest = tree.nearest(shapely.centroid(expected.geometry.to_numpy()))
    off = shapely.hausdorff_distance(stored.geometry.to_numpy()[nearest], expected.geometry.to_numpy()).max()
    drawn_only = made[0].suffix == ".dxf"
    right = (stored["section_text"].to_numpy()[nearest] == expected["管径"].to_numpy()).sum()
    right = "—" if drawn_only else f"{right}/{ROWS}"
    return [f"{report.accepted}/{ROWS}", right, f"{1000 * off:.2f}"]


def _refused(db: Database, district: District, made: tuple[Path, dict[str, Any]]) -> list[str]:
    try:
        report = import_networks(db, district, made[0], owner="水司", trust_coordinates=True, **made[1])
    except InputError as error:
        return ["0", str(error.faults[0].hint or error.message)]
    return [str(report.accepted), ""]
