"""Attributes worked out when they are first asked for (首次使用时计算)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - reads like property
    """A property worked out once for each object.

    ``functools.cached_property`` of Python 3.11 lets one thread at a time into it, of all objects together: today and
    afterwards could not be worked out side by side.

    Examples
    --------
    >>> class Square:
    ...     def __init__(self, side):
    ...         self.side = side
    ...
    ...     @once
    ...     def area(self):
    ...         print("worked out")
    ...         return self.side**2
    >>> square = Square(3.0)
    >>> square.area + square.area
    worked out
    18.0
    """

    def __init__(self, work: Callable[[Any], T]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    def __get__(self, thing: object | None, owner: type) -> T:
        if thing is None:
            return cast("T", self)
        made = thing.__dict__[self._name] = self._work(thing)
        return made
