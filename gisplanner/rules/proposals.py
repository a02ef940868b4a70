"""A planner's change to bundles: what it gives, and which rule it breaks (调整与规则)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import networkx as nx

from gisplanner.domain.measures import Bounds
from gisplanner.domain.proposals import Grouping
from gisplanner.errors import Fault, NotFoundError, RefusedError
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What bundles have to obey.

    Attributes
    ----------
    links
        Pairs of estates that hold together; ``None`` where contiguity is not judged.
    near
        Pairs within the gap that hold no link, and why in words: a bundle may rest on them with a signature.
    together, keep_apart
        Pairs that must, or must not, be in one bundle.
    measures
        Bounds on sums over a bundle, each with the value of every estate; ``None`` where it is not known.
    """

    links: Sequence[tuple[str, str]] | None = None
    near: Mapping[tuple[str, str], Text] = field(default_factory=dict)
    together: Sequence[tuple[str, str]] = ()
    keep_apart: Sequence[tuple[str, str]] = ()
    measures: Sequence[tuple[Bounds, Mapping[str, float | None]]] = ()


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a grouping breaks; a soft one may be accepted with a signature."""

    reason: Text
    hard: bool


def move(grouping: Grouping, estate: str, to: str) -> Grouping:
    """Return the grouping with one estate in another bundle; an estate in none is taken in.

    Raises
    ------
    NotFoundError
        There is no such bundle.
    RefusedError
        A bundle concerned is locked, or the estate is there already.

    Examples
    --------
    >>> dict(move(Grouping({"1": ("a", "b"), "2": ("c",)}), "b", "2").bundles)
    {'1': ('a',), '2': ('c', 'b')}
    """
    source = grouping.bundle_of(estate)
    _touchable(grouping, [to, *([] if source is None else [source])])
    if source == to:
        raise RefusedError(Text(f"{estate} 已在片区 {to}。", en=f"{estate} is in bundle {to} already."))
    bundles = {name: tuple(one for one in estates if one != estate) for name, estates in grouping.bundles.items()}
    bundles[to] = (*bundles[to], estate)
    return Grouping({name: estates for name, estates in bundles.items() if estates}, grouping.locked)


def merge(grouping: Grouping, into: str, other: str) -> Grouping:
    """Return the grouping with ``other`` joined to ``into``.

    Raises
    ------
    NotFoundError, RefusedError
        As :func:`move`.
    """
    _touchable(grouping, [into, other])
    if into == other:
        raise RefusedError(Text("要合并两个不同的片区。", en="Merging takes two different bundles."))
    bundles = {name: estates for name, estates in grouping.bundles.items() if name != other}
    return Grouping({**bundles, into: (*bundles[into], *grouping.bundles[other])}, grouping.locked)


def split(grouping: Grouping, bundle: str, estates: Sequence[str], new: str) -> Grouping:
    """Return the grouping with some estates of a bundle as a bundle of their own.

    Raises
    ------
    NotFoundError, RefusedError
        As :func:`move`; or the estates are not in the bundle, are all of it, or the new name is taken.
    """
    _touchable(grouping, [bundle])
    members = grouping.bundles[bundle]
    out = [one for one in estates if one not in members]
    if out or not estates or len(set(estates)) == len(members) or new in grouping.bundles:
        raise RefusedError(
            Text(
                f"片区 {bundle} 不能这样拆分：要给出其中一部分小区和一个未用的编号。",
                en=f"Bundle {bundle} cannot be split like this: name some of its estates and a free id.",
            ),
            [Fault(value=one, hint=Text(f"不在片区 {bundle}", en=f"not in bundle {bundle}")) for one in out],
        )
    rest = tuple(one for one in members if one not in estates)
    return Grouping({**grouping.bundles, bundle: rest, new: tuple(dict.fromkeys(estates))}, grouping.locked)


def lock(grouping: Grouping, bundle: str) -> Grouping:
    """Return the grouping with a bundle locked.

    Raises
    ------
    NotFoundError
        There is no such bundle.
    """
    _known(grouping, [bundle])
    return Grouping(grouping.bundles, grouping.locked | {bundle})


def unlock(grouping: Grouping, bundle: str) -> Grouping:
    """Return the grouping with a lock taken off.

    Raises
    ------
    NotFoundError
        There is no such bundle.
    RefusedError
        It is not locked.
    """
    _known(grouping, [bundle])
    if bundle not in grouping.locked:
        raise RefusedError(Text(f"片区 {bundle} 没有锁定。", en=f"Bundle {bundle} is not locked."))
    return Grouping(grouping.bundles, grouping.locked - {bundle})


def breaches(before: Grouping, after: Grouping, rules: Rulebook) -> list[Breach]:
    """Return what the changed bundles break; a bundle that stays as it was is not judged again.

    Examples
    --------
    >>> apart = Grouping({"1": ("a", "b")})
    >>> [str(one.reason) for one in breaches(Grouping({}), apart, Rulebook(links=[]))]
    ['片区 1 不连片：a｜b']
    """
    changed = {name: estates for name, estates in after.bundles.items() if before.bundles.get(name) != estates}
    found: list[Breach] = []
    for name, estates in changed.items():
        found += [*_contiguity(name, estates, rules), *_size(name, estates, rules)]
        for a, b in rules.keep_apart:
            if a in estates and b in estates:
                found.append(Breach(Text(f"{a} 与 {b} 不得同片区", en=f"{a} and {b} must be kept apart"), hard=True))
        for a, b in rules.together:
            if (a in estates) != (b in estates):
                found.append(Breach(Text(f"{a} 与 {b} 必须同片区", en=f"{a} and {b} must be together"), hard=True))
    return list({str(one.reason): one for one in found}.values())


def _contiguity(name: str, estates: Sequence[str], rules: Rulebook) -> list[Breach]:
    if rules.links is None:
        return []
    graph = nx.Graph()
    graph.add_nodes_from(estates)
    graph.add_edges_from((a, b) for a, b in (*rules.links, *rules.together) if a in estates and b in estates)
    parts = sorted(sorted(part) for part in nx.connected_components(graph))
    if len(parts) <= 1:
        return []
    resting = {pair: why for pair, why in rules.near.items() if pair[0] in estates and pair[1] in estates}
    graph.add_edges_from(resting)
    if nx.is_connected(graph):
        part_of = {one: number for number, part in enumerate(parts) for one in part}
        bridges = [(pair, why) for pair, why in resting.items() if part_of[pair[0]] != part_of[pair[1]]]
        zh = "；".join(f"{a}–{b} {why}" for (a, b), why in bridges)
        en = "; ".join(f"{a}–{b} {why.en}" for (a, b), why in bridges)
        return [
            Breach(Text(f"片区 {name} 只靠这些相邻关系相连：{zh}", en=f"bundle {name} rests on {en}"), hard=False)
        ]
    told = "｜".join("、".join(part) for part in parts)
    return [Breach(Text(f"片区 {name} 不连片：{told}", en=f"bundle {name} falls apart: {told}"), hard=True)]


def _size(name: str, estates: Sequence[str], rules: Rulebook) -> Iterator[Breach]:
    for bounds, values in rules.measures:
        known = {one: values.get(one) for one in estates}
        missing = [one for one, value in known.items() if value is None]
        total = math.fsum(value for value in known.values() if value is not None)
        if total > bounds.high:
            told = bounds.too_much(total)
        elif missing:
            told = bounds.not_known("、".join(missing))
        elif total < bounds.low:
            told = bounds.too_little(total)
        else:
            continue
        yield Breach(Text(f"片区 {name} {told}", en=f"bundle {name}: {told.en}"), hard=False)


def _known(grouping: Grouping, names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in grouping.bundles]
    if unknown:
        told = "、".join(unknown)
        raise NotFoundError(
            Text(f"方案里没有片区 {told}。", en=f"The proposal has no bundle {told}."),
            [Fault(value=name, allowed="、".join(grouping.bundles)) for name in unknown],
        )


def _touchable(grouping: Grouping, names: Sequence[str]) -> None:
    _known(grouping, names)
    locked = [name for name in names if name in grouping.locked]
    if locked:
        told = "、".join(locked)
        raise RefusedError(Text(f"片区 {told} 已锁定。", en=f"Bundle {told} is locked."))
