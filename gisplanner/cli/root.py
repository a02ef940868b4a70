"""The root of the command tree."""

from __future__ import annotations

import click

from gisplanner import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gisplanner")
def root() -> None:
    """城镇老旧小区改造空间规划工具 (spatial planning for the renovation of old residential estates)."""
