"""What commands of several groups take: a district, a day, one source of the data; and several options at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from gisplanner.cli.session import Function
from gisplanner.errors import UsageError
from gisplanner.text import Text

DAY: Final = click.DateTime(["%Y-%m-%d"])
DISTRICT: Final = click.option("--district", required=True, metavar="D", help="区县代号 (district)")


def options_of(*options: Callable[[Any], Any]) -> Callable[[Function], Function]:
    """Return a decorator that gives a command several options, in this order."""

    def add(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def one_of(path: Path | None, district: str | None) -> None:
    """Refuse both or none of ``--file`` and ``--district``."""
    if (path is None) == (district is None):
        raise UsageError(Text("请给出 --file 或 --district 其中之一。", en="Give either --file or --district."))


def refuse(options: Mapping[str, Any], names: Sequence[str], only: str) -> None:
    """Refuse options that go with another one only."""
    given = [f"--{name.replace('_', '-')}" for name in names if options.get(name) not in (None, False, ())]
    if given:
        told = "、".join(given)
        raise UsageError(Text(f"{told} 只用于 {only}。", en=f"{', '.join(given)}: only with {only}."))
