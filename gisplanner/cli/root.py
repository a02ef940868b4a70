"""The root of the command tree; a command's file is read when the command is called."""

from __future__ import annotations

import importlib
import pkgutil

import click

from gisplanner import __version__
from gisplanner.cli import commands


class CommandFiles(click.Group):
    """A group whose commands stand in ``cli/commands``, each in the file of its name.

    ``import.py`` could not be imported, so a trailing ``_`` is not part of the name. Reading one file instead of
    all makes a small command quick: algorithms and web server are loaded by the commands that use them.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return sorted(module.name.rstrip("_") for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its file read on first use."""
        for module in pkgutil.iter_modules(commands.__path__):
            if module.name.rstrip("_") == cmd_name:
                importlib.import_module(f"{commands.__name__}.{module.name}")
        return super().get_command(ctx, cmd_name)


@click.group(cls=CommandFiles, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gisplanner")
def root() -> None:
    """城镇老旧小区改造空间规划工具 (spatial planning for the renovation of old residential estates)."""
