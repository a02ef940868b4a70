"""Settings, read once, here only: environment variables ``GISPLANNER_*`` and defaults."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

import platformdirs
from pydantic import SecretStr
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

    @cached_property
    def home_dir(self) -> Path:
        """Return the data folder, absolute."""
        return (self.home or default_home()).expanduser().absolute()
