"""Settings, read once, here only: environment variables ``GISPLANNER_*`` and defaults."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_home() -> Path:
    """Return the data folder when ``GISPLANNER_HOME`` is not set."""
    if os.geteuid() == 0:
        return Path("/var/lib/gisplanner")
    return platformdirs.user_data_path("gisplanner", appauthor=False)


class Settings(BaseSettings):
    """Where data lives and how the program is reached."""

    model_config = SettingsConfigDict(env_prefix="GISPLANNER_", frozen=True, extra="forbid")

    home: Path | None = None
    """Data folder of the private PostGIS cluster; ``None`` means the platform's user data folder."""

    database_url: SecretStr | None = None
    """An external PostGIS (``postgresql://user:password@host/database``); set, it replaces the private cluster."""

    tianditu_key: SecretStr | None = None
    """Key of 天地图; without it maps carry no online base map."""

    log_format: Literal["text", "json"] = "text"
    """``text`` tells a person what matters; ``json`` writes every request and job as one JSON object a line."""

    trusted_proxies: str = "127.0.0.1,::1"
    """Addresses of reverse proxies whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed."""

    upload_limit_mb: int = Field(default=200, ge=1, le=4096)
    """Largest file that may be handed in over the net, in megabytes."""

    job_memory_mb: int = Field(default=2048, ge=512)
    """Memory that one job may take, in megabytes."""

    job_minutes: int = Field(default=30, ge=1)
    """Time that one job may take, in minutes."""

    grace_s: float = Field(default=20.0, ge=0)
    """How long a worker that is told to end lets its jobs go on; after that they go back into the queue."""

    jobs_at_once: int = Field(default=2, ge=1, le=64)
    """How many jobs a worker runs at the same time."""

    @cached_property
    def uploads_dir(self) -> Path:
        """Return the folder of files that were handed in; the server and its workers share it."""
        return self.home_dir / "uploads"

    @cached_property
    def home_dir(self) -> Path:
        """Return the data folder, absolute."""
        return (self.home or default_home()).expanduser().absolute()
