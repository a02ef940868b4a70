"""``gisplanner``: the command line. Errors become one sentence, or one JSON document, and an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import click

from gisplanner.cli.root import root
from gisplanner.errors import Fault, GisPlannerError, InternalError, UsageError
from gisplanner.text import Language, Text


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language: Language = "en" if _option(given, "--lang") == "en" else "zh"
    try:
        root.main(args=given, prog_name="gisplanner", standalone_mode=False)
    except GisPlannerError as error:
        _fail(error, as_json="--json" in given, language=language)
    except click.exceptions.Abort:
        click.echo(Text("已中止。", en="Stopped.").in_language(language), err=True)
        sys.exit(130)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        _fail(_as_usage_error(error), as_json="--json" in given, language=language)
    except Exception as error:  # noqa: BLE001 - the last door: a person gets a sentence, not a traceback
        _fail(_as_internal_error(error), as_json="--json" in given, language=language)


def _option(given: Sequence[str], name: str) -> str | None:
    for index, argument in enumerate(given):
        if argument == name and index + 1 < len(given):
            return given[index + 1]
        if argument.startswith(f"{name}="):
            return argument.partition("=")[2]
    return None


def _as_usage_error(error: click.ClickException) -> UsageError:
    context: Any = getattr(error, "ctx", None)
    hint = None if context is None else f"{context.command_path} --help"
    return UsageError(error.format_message(), [Fault(hint=hint)] if hint else [])


def _as_internal_error(error: Exception) -> InternalError:
    what = f"{type(error).__name__}: {error}"
    return InternalError(
        Text(
            f"程序内部错误（{what}）。请把这一行和所用的文件发给维护者。",
            en=f"Internal error ({what}); please report it.",
        )
    )


def _fail(error: GisPlannerError, *, as_json: bool, language: Language) -> None:
    document = error.as_dict(language)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo(document["error"]["message"], err=True)
        for item in document["error"]["items"]:
            click.echo("  - " + _fault_line(item, language), err=True)
    sys.exit(error.exit_code)


_FAULT_WORDS: dict[str, Text] = {
    "file": Text("文件", en="file"),
    "layer": Text("图层", en="layer"),
    "row": Text("行", en="row"),
    "column": Text("列", en="column"),
    "value": Text("值", en="value"),
    "allowed": Text("允许", en="allowed"),
    "hint": Text("处理", en="what to do"),
}


def _fault_line(item: dict[str, Any], language: Language) -> str:
    return "  ".join(
        f"{_FAULT_WORDS[key].in_language(language)}: {value}" for key, value in item.items() if value is not None
    )
