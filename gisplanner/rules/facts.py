"""Read facts as a person states them; every fault is named at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from gisplanner.domain.policy_facts import EstateFacts, Facts, ProjectFacts, SegmentFacts
from gisplanner.errors import Fault, InputError
from gisplanner.text import Text

_RECORDS: Final[dict[str, type[BaseModel]]] = {
    "estates": EstateFacts,
    "segments": SegmentFacts,
    "project": ProjectFacts,
}


def read_facts(raw: Any, *, file: str | None = None) -> Facts:
    """Return the facts of a JSON document.

    Raises
    ------
    InputError
        Unknown keys, impossible figures, names that stand twice; one fault each, with its place in the document.

    Examples
    --------
    >>> read_facts({"estates": [{"name": "白铁厂家属楼", "households": 3, "willing": 2}]}).estates[0].willing
    2
    >>> read_facts({"estates": [{"name": "甲", "households": 3, "willing": 4, "floors": 6}]})
    Traceback (most recent call last):
    gisplanner.errors.InputError: 事实有 2 处错误，未作答复。
    """
    faults: list[Fault] = []
    facts: Facts | None = None
    try:
        facts = Facts.model_validate(raw)
    except ValidationError as error:
        faults += [_fault(one, file) for one in error.errors(include_url=False)]
    faults += _names_twice(raw, file)
    if faults or facts is None:
        count = len(faults)
        raise InputError(
            Text(f"事实有 {count} 处错误，未作答复。", en=f"The facts have {count} fault(s); nothing was answered."),
            faults,
        )
    return facts


def _fault(error: Mapping[str, Any], file: str | None) -> Fault:
    location: tuple[Any, ...] = tuple(error["loc"])
    layer = str(location[0]) if location else None
    row = next((part for part in location[1:2] if isinstance(part, int)), None)
    rest = location[1:] if row is None else location[2:]
    kind = str(error["type"])
    return Fault(
        file=file,
        layer=layer,
        row=row,
        column=".".join(str(part) for part in rest) or None,
        value=None if kind == "missing" else str(error["input"]),
        allowed=_allowed(layer, rest) if kind == "extra_forbidden" else None,
        hint=_HINTS.get(kind) or str(error["msg"]).removeprefix("Value error, "),
    )


def _allowed(layer: str | None, rest: tuple[Any, ...]) -> str:
    record = _RECORDS.get(layer or "") if len(rest) == 1 else None
    fields = Facts.model_fields if record is None and not rest else {} if record is None else record.model_fields
    return "、".join(name for name in fields if name != "flags_complete")


_HINTS: Final[dict[str, Text]] = {
    "extra_forbidden": Text("没有这个键", en="there is no such key"),
    "missing": Text("必填", en="required"),
    "int_type": Text("应为整数", en="give a whole number"),
    "greater_than_equal": Text("不能为负", en="must not be negative"),
    "bool_type": Text("应为 true 或 false", en="give true or false"),
}


def _names_twice(raw: Any, file: str | None) -> list[Fault]:
    estates = raw.get("estates") if isinstance(raw, Mapping) else None
    if not isinstance(estates, list):
        return []
    names = [one.get("name") for one in estates if isinstance(one, Mapping)]
    count = Counter(name for name in names if isinstance(name, str))
    return [
        Fault(
            file=file,
            layer="estates",
            row=row,
            column="name",
            value=name,
            hint=Text("小区名称重复", en="the name stands twice"),
        )
        for row, name in enumerate(names)
        if isinstance(name, str) and count[name] > 1
    ]
