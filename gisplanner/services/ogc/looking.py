"""A request for a collection in one trip to the database: who asks, where it is and what is wanted travel together.

What is wanted depends on who asks and on the district. Both are guessed from the last request of the same kind and
found out by the same message; where the guess was wrong, its answer is thrown away and the question put again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psycopg

from gisplanner.catalog.layers import layers
from gisplanner.errors import Fault, GisPlannerError, UsageError
from gisplanner.services.accounts import Asker
from gisplanner.services.ogc.collections import Collection, collection_in, place_of
from gisplanner.store.database import Database
from gisplanner.store.statements import Rows, Statement
from gisplanner.text import Text

__all__ = ["Looked", "Statement", "Wanted", "answering", "look"]

_GUESSES: Final = 2000

Wanted = Callable[[Collection], Sequence[Statement]]
Looked = tuple[Collection, list[Rows]]


@dataclass(frozen=True, slots=True)
class _Guess:
    """A collection, and what the database said of who asked and where it is: if it says the same, it is the same."""

    said: tuple[Rows, Rows]
    collection: Collection

    def holds(self, said: tuple[Rows, Rows]) -> bool:
        spec = self.collection.spec
        return said == self.said and layers().get(spec.name) is spec


class _Guesses:
    """The collections asked for last, by who asked; nothing is ever told of them that was not found out anew."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Guess] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> _Guess | None:
        with self._lock:
            return self._kept.get(key)

    def put(self, key: Hashable, found: _Guess) -> None:
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            if len(self._kept) > _GUESSES:
                self._kept.popitem(last=False)


_guesses: Final = _Guesses()


async def look(db: Database, asker: Asker, collection_id: str, wanted: Wanted) -> Looked | None:
    """Return a collection as the asker may see it, and the rows of what is wanted of it.

    Parameters
    ----------
    wanted
        Statements over a collection; may be asked more than once.

    Returns
    -------
    Looked or None
        ``None`` if the token of the asker is nobody's.

    Raises
    ------
    NotFoundError, PermissionDeniedError
        There is no such collection, or it is not for the asker.
    UsageError
        The values of a filter cannot be computed with, e.g. a division by zero.
    """
    key = (db.dsn, asker.key, collection_id)
    begin, place = asker.begins(), place_of(collection_id)
    guess = _guesses.get(key)
    sent = None if guess is None else _of_guess(wanted, guess.collection)
    while True:
        try:
            with answering():
                who, where, *rows = await db.read([begin, place, *(sent or ())])
        except psycopg.errors.InsufficientPrivilege:
            if guess is None:
                raise
            guess, sent = None, None  # what the last asker might see is not for this one any more
            continue
        if guess is not None and sent is not None and guess.holds((who, where)):
            return guess.collection, rows
        viewer = asker.found(who)
        if viewer is None:
            return None
        collection = collection_in(where, viewer, collection_id)
        _guesses.put(key, _Guess((who, where), collection))
        now = wanted(collection)
        if now == sent or not now:
            return collection, rows[: len(now)]
        guess, sent = None, now


def _of_guess(wanted: Wanted, guess: Collection) -> Sequence[Statement] | None:
    try:
        return wanted(guess)
    except GisPlannerError:
        return None  # whether the request is wrong is said of what is true now


@contextmanager
def answering() -> Iterator[None]:
    """Turn values a statement cannot compute with into a fault of the request.

    Raises
    ------
    UsageError
        What the database says of them.
    """
    try:
        yield
    except psycopg.DataError as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            Text("按这个条件无法计算。", en="The condition cannot be computed."),
            [Fault(column="filter", hint=reason)],
        ) from error
