"""The servers that are measured: ours, tipg and pygeoapi, each one process, on one database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from psycopg2.extensions import parse_dsn

from benchmarks.server.client import Client

PEERS = {
    "tipg": ["tipg==1.6.1", "uvicorn[standard]"],
    "pygeoapi": ["pygeoapi==0.21.0", "psycopg2-binary", "sqlalchemy<2.1", "geoalchemy2", "gunicorn", "flask"],
}
_PATIENCE_S = 60

PYGEOAPI = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  languages: [en-US]
  limits: {{default_items: 10, max_items: 10000}}
  map: {{url: "", attribution: ""}}
logging: {{level: ERROR}}
metadata:
  identification: {{title: b, description: b, keywords: [b], keywords_type: theme, terms_of_service: x, url: http://x}}
  license: {{name: x, url: http://x}}
  provider: {{name: x, url: http://x}}
  contact: {{name: x, position: x, address: x, city: x, stateorprovince: x, postalcode: x, country: x, phone: x,
    fax: x, email: x, url: http://x, hours: x, instructions: x, role: x}}
resources:
  building:
    type: collection
    title: b
    description: b
    keywords: [b]
    links: []
    extents: {{spatial: {{bbox: [113, 24, 117, 28], crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}}}
    providers:
      - type: feature
        name: PostgreSQL
        data: {{host: {host}, port: "{db_port}", dbname: {dbname}, user: {user}, search_path: [peers, public]}}
        id_field: id
        table: building
        geom_field: geom
        storage_crs: http://www.opengis.net/def/crs/EPSG/0/4547
"""


def python_of(peer: str) -> Path:
    """Return the interpreter of a peer's own environment, made on first use."""
    folder = Path(tempfile.gettempdir()) / "gisplanner-bench-peers" / peer
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS[peer]], check=True)
        (folder / "ready").touch()
    return python


@contextmanager
def ours(home: Path) -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-m", "gisplanner", "serve", "--port", str(port)]
    environment = {**_bare(), "GISPLANNER_HOME": str(home)}
    with _running(command, environment, port, "/healthz", folder=home.parent):
        yield port


@contextmanager
def tipg(dsn: str, folder: Path) -> Iterator[int]:
    port, parts = _free_port(), parse_dsn(dsn)
    url = f"postgresql://{parts['user']}@{quote(parts['host'], safe='')}/{parts['dbname']}"
    environment = {
        **_bare(),
        "DATABASE_URL": url,
        "TIPG_DB_SCHEMAS": '["peers"]',
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
    }
    command = [
        str(python_of("tipg")),
        "-m",
        "uvicorn",
        "tipg.main:app",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    with _running(command, environment, port, "/healthz", folder=folder):
        yield port


@contextmanager
def pygeoapi(dsn: str, folder: Path) -> Iterator[int]:
    port, parts, python = _free_port(), parse_dsn(dsn), python_of("pygeoapi")
    config, openapi = folder / "pygeoapi.yml", folder / "openapi.yml"
    config.write_text(PYGEOAPI.format(port=port, db_port=5432, **{k: parts[k] for k in ("host", "dbname", "user")}))
    environment = {**_bare(), "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    with openapi.open("w") as out:
        tool = [str(python.parent / "pygeoapi"), "openapi", "generate", str(config)]
        subprocess.run(tool, check=True, env=environment, stdout=out, stderr=subprocess.DEVNULL)
    command = [
        str(python),
        "-m",
        "gunicorn",
        "pygeoapi.flask_app:APP",
        "-w",
        "1",
        "--threads",
        "16",
        "--keep-alive",
        "75",
        "-b",
        f"127.0.0.1:{port}",
    ]
    with _running(command, environment, port, "/conformance?f=json", folder=folder):
        yield port


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], port: int, alive: str, *, folder: Path
) -> Iterator[None]:
    told = folder / f"server-{port}.log"
    log = told.open("wb")
    process = subprocess.Popen(command, env=dict(environment), stdout=log, stderr=log, cwd=Path(__file__).parents[2])
    try:
        if not _answers(port, alive, process):
            raise RuntimeError(f"{command} does not answer: {told.read_text()[-2000:]}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _answers(port: int, alive: str, process: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            client = Client(port)
            status, _ = client.get(alive)
            client.close()
        except (OSError, ValueError, IndexError):
            time.sleep(0.2)
            continue
        if status == 200:
            return True
        time.sleep(0.2)
    return False


def _bare() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("GISPLANNER_", "TIPG_"))}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
