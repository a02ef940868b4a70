"""What docs/server.md shows can be used as it stands: units, compose file, settings, roles, limits, commands."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from gisplanner.api import patience
from gisplanner.cli.main import root
from gisplanner.config import Settings
from gisplanner.domain.accounts import ROLES
from gisplanner.services.jobs.submit import OPEN_JOBS
from gisplanner.services.uploads import gate, process, spool

TEXT = (Path(__file__).parents[1] / "docs" / "server.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert len(found) >= 1
    return found[0]


def test_the_systemd_unit_is_valid(tmp_path: Path):
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("systemd-analyze is not on this machine")
    unit = tmp_path / "gisplanner.service"
    # Only the program's own place is another one on this machine.
    unit.write_text(block("ini").replace("/opt/gisplanner/.venv/bin/gisplanner", "/bin/true"), "utf-8")
    done = subprocess.run([systemd, "verify", unit], capture_output=True, text=True, check=False)
    own = [line for line in done.stderr.splitlines() if "gisplanner" in line]
    assert own == []
    wrong = tmp_path / "wrong.service"
    wrong.write_text(unit.read_text("utf-8").replace("Restart=always", "Restart=sometimes"), "utf-8")
    again = subprocess.run([systemd, "verify", wrong], capture_output=True, text=True, check=False)
    assert "sometimes" in again.stderr


def test_the_compose_file_is_whole():
    made = yaml.safe_load(block("yaml"))
    services = made["services"]
    assert set(services) == {"database", "server", "worker"}
    volumes = {volume.partition(":")[0] for one in services.values() for volume in one["volumes"]}
    assert volumes == set(made["volumes"])
    for one in services.values():
        depends = one.get("depends_on", [])
        assert set(depends) <= set(services)
    assert services["worker"]["environment"] == services["server"]["environment"]
    for name in ("server", "worker"):
        assert not str(services[name]["user"]).startswith("0")
        assert services[name]["command"][:2] in (["gisplanner", "serve"], ["gisplanner", "worker"])
        known = {f"GISPLANNER_{field.upper()}" for field in Settings.model_fields}
        assert set(services[name]["environment"]) <= known


def test_compose_itself_accepts_the_file(tmp_path: Path):
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not on this machine")
    file = tmp_path / "compose.yaml"
    file.write_text(block("yaml"), "utf-8")
    environment = {"PATH": "/usr/bin:/usr/local/bin", "POSTGRES_PASSWORD": "x", "GISPLANNER_DATABASE_URL": "x"}
    done = subprocess.run(
        [docker, "compose", "-f", file, "config", "-q"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr


def test_every_setting_is_told_with_its_default():
    told = dict(re.findall(r"\| `GISPLANNER_([A-Z_]+)` \| ([^|]*) \|", TEXT))
    fields = {name.upper(): field for name, field in Settings.model_fields.items()}
    assert set(told) == set(fields)
    for name, field in fields.items():
        if field.default is not None:
            shown = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
            assert f"`{shown}`" in told[name], name


def test_every_role_and_its_jobs_are_told():
    assert set(re.findall(r"^\| `([a-z]+)` ", TEXT, re.MULTILINE)) == set(ROLES)
    line = next(line for line in TEXT.splitlines() if "每个角色同时的作业数" in line)
    assert {name: int(number) for name, number in re.findall(r"([a-z]+) (\d+)", line)} == dict(OPEN_JOBS)


def test_the_limits_are_those_of_the_program():
    assert f"{process.LIMITS.rows:,}、{process.LIMITS.vertices:,}" in TEXT
    assert f"解压后 {gate.MAX_UNPACKED_BYTES >> 30} GB、压缩比 {gate.MAX_RATIO}" in TEXT
    assert f"{spool.MAX_FILES} 个文件、{spool.MAX_BYTES_OF_ACCOUNT >> 30} GB；{spool.KEPT_HOURS} 小时后删除" in TEXT
    assert f"；同时传 {spool.MAX_AT_ONCE} 个" in TEXT
    assert (
        f"请求头 {patience.HEAD_S:g} 秒、{patience.MAX_HEAD_BYTES >> 10} kB；正文停 {patience.STILL_S:g} 秒" in TEXT
    )
    assert f"每秒 {patience.SLOWEST_BYTES_PER_S // 1000} kB" in TEXT


def test_every_command_there_is():
    for line in re.findall(r"^gisplanner (.*)$", TEXT, re.MULTILINE):
        words = line.split()
        command = root
        while words and hasattr(command, "get_command"):
            found = command.get_command(None, words[0])
            assert found is not None, line
            command, words = found, words[1:]
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line
