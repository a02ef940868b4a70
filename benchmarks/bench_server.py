"""The server over 200,000 buildings beside tipg and pygeoapi on the same database; raw SQL is the floor."""

from __future__ import annotations

import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import psycopg2
from pyproj import Transformer

from benchmarks.bench_import import buildings
from benchmarks.server import peers
from benchmarks.server.client import Client, interleaved, load, p50, p99
from benchmarks.table import Table
from gisplanner.catalog.layers import layer, select_sql
from gisplanner.services.accounts import add_account
from gisplanner.services.database import open_database, stop_database
from gisplanner.services.districts import create_district
from gisplanner.services.ogc.tiles import WORLD_M
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features
from gisplanner.store.layer_sql import feature_text, layer_query

COUNT = 200_000
ROUNDS, BUDGET_S, LOAD_S = 200, 12.0, 8.0
ENDURANCE_S, ENDURANCE_CONNECTIONS = 600.0, (4, 16)
WEST_M, SOUTH_M, SPACING_M = 522_000.0, 2_832_000.0, 30.0
TO_DEGREES = Transformer.from_crs(4547, 4326, always_xy=True)
TO_MERCATOR = Transformer.from_crs(4547, 3857, always_xy=True)
GOALS = {"items 100": 3.0, "items 1,000": 1.6, "items 10,000": 1.3, "bbox of 256": 2.2, "bbox of 4,000": 1.5}
TILE_GOALS = {12: 1.2, 14: 1.4, 16: 3.0}
FORMS = {"ours": "json", "tipg": "geojson", "pygeoapi": "json"}
ROOTS = {
    "ours": "/ogc/collections/a.buildings",
    "tipg": "/collections/peers.building",
    "pygeoapi": "/collections/building",
}
IN_BOX = (
    "layer.geom && ST_Transform(ST_MakeEnvelope({0}, {1}, {2}, {3}, 4326), 4547) "
    "AND ST_Intersects(layer.geom, ST_Transform(ST_MakeEnvelope({0}, {1}, {2}, {3}, 4326), 4547))"
)


@dataclass(frozen=True)
class Bench:
    raw: psycopg2.extensions.connection
    server: psutil.Process
    ours: Callable[[], Client]
    peers: dict[str, Callable[[], Client]]


def stock(db: Database) -> str:
    """Store the buildings, a copy of their table as the peers want it, and return a token."""
    district = create_district(db, "a", crs="EPSG:4547", name="甲区", bounds_lonlat=(113.0, 24.0, 117.0, 28.0))
    frame, number = buildings(COUNT), np.arange(COUNT)
    frame["name"], frame["use"] = [f"{one}栋" for one in number], "residential"
    frame["households"], frame["height_m"] = number % 60, (number % 6 + 1) * 3.1
    with db.transaction() as connection:
        copy_features(connection, "building", district, frame, [c for c in frame.columns if c != "geometry"])
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE SCHEMA peers; CREATE TABLE peers.building AS SELECT id::int AS id, code, name, use, floors, "
                "households, height_m, illustrative, geom::geometry(Polygon, 4547) AS geom FROM building; "
                "ALTER TABLE peers.building ADD PRIMARY KEY (id); CREATE INDEX ON peers.building USING gist (geom)"
            )
    with closing(db.connect()) as upkeep:
        upkeep.autocommit = True
        upkeep.cursor().execute("VACUUM ANALYZE building; ")
        upkeep.cursor().execute("VACUUM ANALYZE peers.building")
    return add_account(db, "bench", "planner").token


@contextmanager
def world(*names: str) -> Iterator[Bench]:
    """Our server over the buildings, and the peers of these names on the same database."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        base = Path(name)
        base.chmod(0o755)
        home = base / "home"
        db = open_database(home, base=base)
        stack.callback(stop_database, home)
        stack.callback(db.close)
        token = stock(db)
        raw = stack.enter_context(closing(db.connect()))
        raw.autocommit = True
        port = stack.enter_context(peers.ours(home))
        ports = {one: stack.enter_context(PEERS[one](db.dsn, base)) for one in names}
        others = {one: lambda at=at: Client(at) for one, at in ports.items()}
        server = next(one for one in psutil.Process().children() if "serve" in one.cmdline())
        yield Bench(raw, server, lambda: Client(port, {"Authorization": f"Bearer {token}"}), others)


def piece(make: Callable[[Bench], Table], *names: str) -> Callable[[], list[Table]]:
    def run_it() -> list[Table]:
        with world(*names) as bench:
            return [make(bench)]

    return run_it


def run() -> list[Table]:
    return [table for one in PIECES.values() for table in one()]


def degrees(count: int, number: int = 0) -> tuple[float, ...]:
    """A box of about ``count`` buildings, elsewhere for each number."""
    side = count**0.5 * SPACING_M
    x, y = WEST_M + number % 40 * 90, SOUTH_M + number % 37 * 60
    return (*TO_DEGREES.transform(x, y), *TO_DEGREES.transform(x + side, y + side))


def items(bench: Bench) -> Table:
    spec = layer("buildings")
    geometry = "ST_AsGeoJSON(ST_Transform(ST_ForcePolygonCCW(layer.geom), 4326), 7, 0)"
    feature = feature_text(spec.columns, spec.id_column, geometry)
    source = layer_query(select_sql("buildings"))

    def raw(where: str, limit: int) -> str:
        statement = (
            f"SELECT string_agg({feature}, E',\n') FROM (SELECT * FROM ({source}) AS layer WHERE {where} "
            f"LIMIT {limit}) AS layer"
        )
        with bench.raw.cursor() as cursor:
            cursor.execute(statement, {"district_id": "a"})
            return cursor.fetchone()[0]

    def box(count: int, number: int) -> str:
        return ",".join(f"{one:.7f}" for one in degrees(count, number))

    cases: dict[str, tuple[Callable[[int], str], Callable[[int], str]]] = {
        f"items {count:,}": (lambda _, c=count: raw("TRUE", c), lambda _, c=count: f"limit={c}")
        for count in (100, 1_000, 10_000)
    }
    for count in (256, 4_000):
        cases[f"bbox of {count:,}"] = (
            lambda number, c=count: raw(IN_BOX.format(*degrees(c, number)), 10_000),
            lambda number, c=count: f"limit=10000&bbox={box(c, number)}",
        )
    table = Table(
        "One connection, p50 in ms (p99), identity encoding, ours authenticated and under row-level security",
        ["case", "raw SQL", "ours", "ours / raw", "goal", "tipg", "pygeoapi", "best peer / ours", "our gzip"],
    )
    clients = {"ours": bench.ours(), **{name: make() for name, make in bench.peers.items()}}
    for name, (floor, query) in cases.items():
        found = in_turns(
            {
                "raw": floor,
                **{
                    one: lambda number, o=one, q=query: fetched(
                        clients[o], f"{ROOTS[o]}/items?{q(number)}&f={FORMS[o]}"
                    )
                    for one in clients
                },
            }
        )
        packed = zlib.compress(fetched(clients["ours"], f"{ROOTS['ours']}/items?{query(0)}"), 1)
        table.rows.append(row(name, found, GOALS[name], f"{len(packed) / 1024:,.0f} kB"))
    found = in_turns(
        {
            "raw": lambda number: raw(f"layer.code = 'B{number * 97:06d}'", 1),
            "ours": lambda number: fetched(clients["ours"], f"{ROOTS['ours']}/items/B{number * 97:06d}"),
            "tipg": lambda number: fetched(clients["tipg"], f"{ROOTS['tipg']}/items/{number * 97 + 1}?f=geojson"),
            "pygeoapi": lambda number: fetched(
                clients["pygeoapi"], f"{ROOTS['pygeoapi']}/items/{number * 97 + 1}?f=json"
            ),
        }
    )
    table.rows.append(row("one feature", found, None, "–"))
    table.notes = [
        "Goals: best peer / ours ≥ 5; one feature: ≥ 2.",
        "Raw SQL and the peers bring each outline into degrees as it is read; ours did so as it was stored.",
        "Raw SQL, ours and tipg in turn; pygeoapi after them, so that all have enough turns.",
    ]
    return table


def in_turns(cases: dict[str, Callable[[int], object]]) -> dict[str, list[float]]:
    """All in turn but the one that takes half a second: beside it the others would have a dozen turns, each cold."""
    together = {name: case for name, case in cases.items() if name != "pygeoapi"}
    return {
        **interleaved(together, rounds=ROUNDS, budget_s=BUDGET_S),
        **interleaved({"pygeoapi": cases["pygeoapi"]}, rounds=ROUNDS, budget_s=BUDGET_S),
    }


def row(name: str, found: dict[str, list[float]], goal: float | None, packed: str) -> list[str]:
    raw, own = p50(found["raw"]), p50(found["ours"])
    best = min(p50(found["tipg"]), p50(found["pygeoapi"]))
    shown = [f"{p50(found[one]):.2f} ({p99(found[one]):.1f})" for one in ("raw", "ours", "tipg", "pygeoapi")]
    ratio = f"{own / raw:.2f}"
    return [
        name,
        shown[0],
        shown[1],
        ratio,
        "–" if goal is None else f"≤ {goal}",
        *shown[2:],
        f"{best / own:.1f}",
        packed,
    ]


def fetched(client: Client, path: str) -> bytes:
    status, body = client.get(path)
    if status != 200:
        raise RuntimeError(f"{status} {path} {body[:300]!r}")
    return body


def tile_at(z: int, number: int) -> tuple[int, int]:
    """A tile amid the buildings, the next one for each number."""
    x, y = TO_MERCATOR.transform(WEST_M + 3_000, SOUTH_M + 3_000)
    side = WORLD_M / 2**z
    around = {12: 2, 14: 4, 16: 12}[z]
    return int((x + WORLD_M / 2) / side) + number % around - around // 2, int(
        (WORLD_M / 2 - y) / side
    ) - number // around % around


def tiles(bench: Bench) -> Table:
    table = Table(
        "Vector tiles, p50 in ms (p99) and bytes; ours not from its cache",
        [
            "zoom",
            "buildings",
            "raw SQL",
            "ours",
            "ours / raw",
            "goal",
            "tipg",
            "ours from cache",
            "our bytes",
            "tipg's bytes",
        ],
    )
    client, peer = bench.ours(), bench.peers["tipg"]()
    base = "/ogc/collections/a.buildings/tiles/WebMercatorQuad"
    for z, goal in TILE_GOALS.items():
        rounds = {12: 4, 14: 16, 16: 144}[z]
        sizes: dict[str, list[int]] = {"ours": [], "tipg": []}

        def own(number: int, z: int = z, sizes: dict[str, list[int]] = sizes) -> None:
            x, y = tile_at(z, number)
            sizes["ours"].append(len(client.get(f"{base}/{z}/{y}/{x}")[1]))

        def other(number: int, z: int = z, sizes: dict[str, list[int]] = sizes) -> None:
            x, y = tile_at(z, number)
            path = f"/collections/peers.building/tiles/WebMercatorQuad/{z}/{x}/{y}"
            sizes["tipg"].append(len(fetched(peer, path)))

        found = interleaved(
            {"raw": lambda number, z=z: raw_tile(bench, z, *tile_at(z, number)), "ours": own, "tipg": other},
            rounds=rounds,
            budget_s=BUDGET_S,
        )
        kept = {who: max(taken) for who, taken in sizes.items()}
        middle = next(number for number in range(rounds) if raw_count(bench, z, *tile_at(z, number)))
        cached = interleaved({"ours": lambda _, at=middle: own(at)}, rounds=100, budget_s=2)
        held = raw_count(bench, z, *tile_at(z, middle))
        raw, mine = p50(found["raw"]), p50(found["ours"])
        table.rows.append(
            [
                f"{z}",
                f"{held:,}",
                f"{raw:.2f} ({p99(found['raw']):.1f})",
                f"{mine:.2f} ({p99(found['ours']):.1f})",
                f"{mine / raw:.2f}",
                f"≤ {goal}",
                f"{p50(found['tipg']):.2f} ({p99(found['tipg']):.1f})",
                f"{p50(cached['ours']):.2f}",
                f"{kept['ours']:,.0f}",
                f"{kept['tipg']:,.0f}",
            ]
        )
    table.notes = [
        (
            "Raw SQL writes each building with three columns on a grid of 4,096 from the metric table, as its "
            "owner. Ours fills cells of a pixel below zoom 14, has a grid of 1,024, and names what is at least 24 "
            "pixels large, from zoom 17 on everything. pygeoapi is left out: its tiles take seconds to minutes. tipg "
            "puts at most 10,000 features into a tile. "
            "Bytes are those of the largest tile; goal: at most half of tipg's."
        )
    ]
    return table


_TILE = (
    "FROM building AS layer CROSS JOIN (SELECT ST_TileEnvelope({z}, {x}, {y}) AS box) AS frame "
    "WHERE district_id = 'a' "
    "AND layer.geom && ST_Transform(ST_Expand(ST_TileEnvelope({z}, {x}, {y}), {margin}), 4547)"
)


def raw_tile(bench: Bench, z: int, x: int, y: int) -> None:
    where = _TILE.format(z=z, x=x, y=y, margin=WORLD_M / 2**z / 64)
    with bench.raw.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsMVT(tile, 'buildings', 4096, 'geom') FROM (SELECT code, floors, illustrative, "
            f"ST_AsMVTGeom(ST_Transform(geom, 3857), frame.box, 4096, 64, true) AS geom {where}) AS tile "
            "WHERE geom IS NOT NULL"
        )
        cursor.fetchone()


def raw_count(bench: Bench, z: int, x: int, y: int) -> int:
    with bench.raw.cursor() as cursor:
        cursor.execute("SELECT count(*) " + _TILE.format(z=z, x=x, y=y, margin=0))
        return int(cursor.fetchone()[0])


def throughput(bench: Bench) -> Table:
    table = Table(
        f"Requests per second, {LOAD_S:g} s each (p50 / p99 ms; errors)",
        ["case", "connections", "ours", "tipg", "pygeoapi", "ours / best peer", "our p99 / p50"],
        notes=["Goals: ours / best peer ≥ 5, p99 ≤ 10 × p50, no error. Clients share the cores with the servers."],
    )
    makers = {"ours": bench.ours, **bench.peers}
    for name, query in (
        ("items 100", lambda _: "limit=100"),
        ("bbox of 256", lambda number: f"limit=1000&bbox={','.join(f'{one:.7f}' for one in degrees(256, number))}"),
    ):
        for connections in (4, 16):
            found = {
                who: load(
                    make,
                    [f"{ROOTS[who]}/items?{query(n)}&f={FORMS[who]}" for n in range(50)],
                    connections=connections,
                    seconds=LOAD_S,
                )
                for who, make in makers.items()
            }
            shown = [
                f"{one.per_second:.0f} ({one.percentile(0.5):.0f} / {one.percentile(0.99):.0f}; {one.errors})"
                for one in found.values()
            ]
            best = max(one.per_second for who, one in found.items() if who != "ours")
            own = found["ours"]
            spread = own.percentile(0.99) / own.percentile(0.5)
            table.rows.append([name, f"{connections}", *shown, f"{own.per_second / best:.1f}", f"{spread:.1f}"])
    return table


def endurance(bench: Bench, connections: int) -> Table:
    table = Table(
        f"Ours alone for {ENDURANCE_S / 60:g} minutes, {connections} connections, requests of all kinds",
        ["requests", "errors", "requests/s", "p50 ms", "p99 ms", "p99 / p50", "memory after a minute", "at the end"],
        notes=["Goals: no error, p99 ≤ 10 × p50, memory of the server bounded. Clients share the cores with it."],
    )
    base = "/ogc/collections/a.buildings"
    paths = []
    for number in range(200):
        x, y = tile_at(16, number % 144)
        paths += [
            f"{base}/items?limit=100",
            f"{base}/items?limit=1000&bbox={','.join(f'{one:.7f}' for one in degrees(256, number))}",
            f"{base}/items/B{number * 97:06d}",
            f"{base}/tiles/WebMercatorQuad/16/{y}/{x}",
        ]
    early: list[int] = []
    look = threading.Timer(60, lambda: early.append(bench.server.memory_info().rss))
    look.start()
    found = load(bench.ours, paths, connections=connections, seconds=ENDURANCE_S)
    low, high = found.percentile(0.5), found.percentile(0.99)
    table.rows.append(
        [
            f"{len(found.taken_ms):,}",
            f"{found.errors}",
            f"{found.per_second:.0f}",
            f"{low:.1f}",
            f"{high:.1f}",
            f"{high / low:.1f}",
            f"{early[0] / 2**20:,.0f} MB",
            f"{bench.server.memory_info().rss / 2**20:,.0f} MB",
        ]
    )
    return table


PEERS = {"tipg": peers.tipg, "pygeoapi": peers.pygeoapi}
PIECES: dict[str, Callable[[], list[Table]]] = {
    "items": piece(items, "tipg", "pygeoapi"),
    "tiles": piece(tiles, "tipg"),
    "load": piece(throughput, "tipg", "pygeoapi"),
    **{f"endurance{n}": piece(partial(endurance, connections=n)) for n in ENDURANCE_CONNECTIONS},
}
"""Each takes minutes; ``python -m benchmarks server:items`` runs one and replaces its table on the page."""
