"""What every command shares: ``--json``, ``--lang``, ``--as``, the database on demand, how results are printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import click

from gisplanner.config import Settings
from gisplanner.services.database import Database, open_database
from gisplanner.text import Language, in_language

LOCAL_ADMINISTRATOR = "local"


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a command."""

    settings: Settings
    as_json: bool
    language: Language
    actor: str

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Yield the database, started and migrated if need be."""
        url = self.settings.database_url
        database = open_database(
            self.settings.home_dir, url=None if url is None else url.get_secret_value(), actor=self.actor
        )
        try:
            yield database
        finally:
            database.close()

    def result(self, document: Mapping[str, Any], sentences: str) -> None:
        """Print the result: the JSON document with ``--json``, else the sentences for a person."""
        if self.as_json:
            click.echo(json.dumps(_in_language(document, self.language), ensure_ascii=False, indent=2))
        else:
            click.echo(in_language(sentences, self.language))

    def progress(self, sentence: str) -> None:
        """Print a line of progress to standard error."""
        click.echo(in_language(sentence, self.language), err=True)


def _in_language(value: Any, language: Language) -> Any:
    if isinstance(value, str):
        return in_language(value, language)
    if isinstance(value, Mapping):
        return {key: _in_language(item, language) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_in_language(item, language) for item in value]
    return value


Function = TypeVar("Function", bound=Callable[..., Any])


def command(group: click.Group, name: str) -> Callable[[Function], Function]:
    """Register a function whose first argument is the :class:`Session` as a command with the common options."""

    def register(function: Function) -> Function:
        @wraps(function)
        def run(*args: Any, as_json: bool, lang: Language, actor: str | None, **kwargs: Any) -> Any:
            session = Session(Settings(), as_json, lang, actor or LOCAL_ADMINISTRATOR)
            return function(session, *args, **kwargs)

        decorated: Any = run
        decorated = click.option("--as", "actor", metavar="NAME", help="以该账户身份执行 (act as this account)")(
            decorated
        )
        decorated = click.option(
            "--lang",
            type=click.Choice(["zh", "en"]),
            default="zh",
            show_default=True,
            help="输出语言 (language)",
        )(decorated)
        decorated = click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 文档 (one JSON document)")(
            decorated
        )
        group.command(name)(decorated)
        return function

    return register
