"""Which row of a new register is which estate of the old one, and what changed between two plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Final

from gisplanner.domain.plan import PlanChange, PlanRow
from gisplanner.domain.register import RegisterRow
from gisplanner.errors import Fault
from gisplanner.text import Text

_FIGURES: Final = ("subdistrict", "community", "households", "buildings", "floor_area_10k_m2")
_Key = Callable[[RegisterRow], Hashable]


def match_rows(
    old: Sequence[PlanRow], new: Sequence[RegisterRow], *, renames: Mapping[str, str] | None = None
) -> list[PlanRow | None]:
    """Return for each new row the old one of the same estate, or ``None``.

    An estate is known by its place and name; rows of one place and name by their order. What is left over on both
    sides is matched by a rename that was told, then by a name that occurs once on either side (the community may
    have changed its name). Nothing is matched by likeness.

    Examples
    --------
    >>> row = RegisterRow(1, "甲街道", "乙社区", "丙小区", 20, 1, None, "丙工程", "stated", 2)
    >>> old = [PlanRow("NK2024-001", "NK2024-P01", row)]
    >>> match_rows(old, [row])[0].code
    'NK2024-001'
    """
    found: list[PlanRow | None] = [None] * len(new)
    free = dict(enumerate(old))
    told = {after: before for before, after in (renames or {}).items()}

    def settle(key_old: _Key, key_new: _Key, *, only_once: bool) -> None:
        waiting: dict[Hashable, list[int]] = {}
        for place, candidate in free.items():
            waiting.setdefault(key_old(candidate.row), []).append(place)
        wanted = Counter(key_new(row) for index, row in enumerate(new) if found[index] is None)
        for index, row in enumerate(new):
            candidates = waiting.get(key_new(row), [])
            once = len(candidates) == 1 == wanted[key_new(row)]
            if found[index] is None and candidates and (once or not only_once):
                found[index] = free.pop(candidates.pop(0))

    settle(_address, _address, only_once=False)
    settle(_community, _community, only_once=True)
    settle(lambda row: row.estate, lambda row: told.get(row.estate, ()), only_once=True)
    # An estate outside the plan in another community may be a namesake.
    free = {place: entry for place, entry in free.items() if entry.project_code or not entry.row.community}
    settle(lambda row: row.estate, lambda row: row.estate, only_once=True)
    return found


def _address(row: RegisterRow) -> Hashable:
    return (row.subdistrict, row.community, row.estate)


def _community(row: RegisterRow) -> Hashable:
    return (row.community, row.estate)


def give_codes(
    matched: Sequence[PlanRow | None],
    rows: Sequence[RegisterRow],
    *,
    prefix: str,
    taken: Iterable[str],
    projects: Mapping[str, str],
) -> list[PlanRow]:
    """Return the rows with their codes: a known estate or project keeps its own, a new one gets the next free.

    Parameters
    ----------
    taken
        All estate codes of the district.
    projects
        Code of every stored project by its name.

    Examples
    --------
    >>> row = RegisterRow(7, "甲街道", "乙社区", "丙小区", 20, 1, None, "丙工程", "stated", 2)
    >>> [entry] = give_codes([None], [row], prefix="NK2024", taken=[], projects={})
    >>> entry.code, entry.project_code
    ('NK2024-007', 'NK2024-P01')
    """
    codes, project_codes = set(taken), dict(projects)
    last_estate, last_project = _highest(f"{prefix}-", codes), _highest(f"{prefix}-P", project_codes.values())
    entries = []
    for known, row in zip(matched, rows, strict=True):
        if row.project not in project_codes:
            last_project += 1
            project_codes[row.project] = f"{prefix}-P{last_project:02d}"
        code = f"{prefix}-{row.seq:03d}" if known is None else known.code
        if known is None:
            code = code if code not in codes else f"{prefix}-{last_estate + 1:03d}"
            last_estate = max(last_estate, int(code.removeprefix(f"{prefix}-")))
        codes.add(code)
        entries.append(PlanRow(code, project_codes[row.project], row))
    return entries


def _highest(start: str, codes: Iterable[str]) -> int:
    numbers = [code.removeprefix(start) for code in codes if code.startswith(start)]
    return max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=0)


def told_names(
    renames: Mapping[str, str],
    splits: Mapping[str, Sequence[str]],
    old: Sequence[PlanRow],
    new: Sequence[RegisterRow],
) -> list[Fault]:
    """Return what is wrong with the renames and splits that were told: names must be where they are said to be."""
    before, after = Counter(row.row.estate for row in old), Counter(row.estate for row in new)
    faults = []
    for option, left, rights in [
        *(("--rename", left, (right,)) for left, right in renames.items()),
        *(("--split", left, tuple(rights)) for left, rights in splits.items()),
    ]:
        if before[left] != 1:
            hint = Text("原名应在调整前的计划里且只有一个。", en="The old name must stand once in the plan before.")
            faults.append(Fault(column=option, value=left, hint=hint))
        for right in rights:
            if after[right] != 1:
                hint = Text("新名应在文件里且只有一行。", en="The new name must stand in one row of the file.")
                faults.append(Fault(column=option, value=right, hint=hint))
            if before[right] and right != left:
                hint = Text("新名在调整前的计划里已有。", en="The new name stands already in the plan before.")
                faults.append(Fault(column=option, value=right, hint=hint))
    for left in renames:
        if after[left]:
            hint = Text("原名还在文件里，不是更名。", en="The old name is still in the file: that is no rename.")
            faults.append(Fault(column="--rename", value=left, hint=hint))
    return faults


def plan_changes(
    old: Sequence[PlanRow], new: Sequence[PlanRow], *, split_from: Mapping[str, str] | None = None
) -> tuple[PlanChange, ...]:
    """Return what changed, estate by estate: those of the new plan in its order, then those that left.

    A new number in the list (序号) or a remark cell that is carried down instead of printed is no change.

    Parameters
    ----------
    split_from
        Code of the estate that was split, by the code of each part.
    """
    before = {row.code: row.row for row in old}
    parts = dict(split_from or {})
    changes: list[PlanChange] = []
    for entry in new:
        if entry.code in parts:
            whole = parts[entry.code]
            changes.append(PlanChange("split", entry.code, before.get(whole), entry.row, whole))
        elif entry.code not in before:
            changes.append(PlanChange("add", entry.code, None, entry.row))
        else:
            changes.extend(_changes_of(entry.code, before[entry.code], entry.row))
    kept = {entry.code for entry in new}
    wholes = set(parts.values())
    for code, row in before.items():
        if code not in kept:
            split = code in wholes
            changes.append(PlanChange("split" if split else "drop", code, row, None, code if split else None))
    return tuple(changes)


def _changes_of(code: str, before: RegisterRow, after: RegisterRow) -> list[PlanChange]:
    changes = []
    if before.estate != after.estate:
        changes.append(PlanChange("rename", code, before, after))
    if any(getattr(before, figure) != getattr(after, figure) for figure in _FIGURES):
        changes.append(PlanChange("figures", code, before, after))
    if before.project != after.project:
        changes.append(PlanChange("project", code, before, after))
    return changes
