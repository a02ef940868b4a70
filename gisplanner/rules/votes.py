"""Votes for needs (需求票数): what may be voted for is what the district's menu of works offers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from gisplanner.domain.policy_works import Menu
from gisplanner.rules.menu import entries
from gisplanner.rules.words import plain, stands_in

_NAMED_WITH_PART: Final = "{part}:{name}"


@dataclass(frozen=True, slots=True)
class VoteItem:
    """One item of a menu that people may vote for; ``word`` says it without doubt, ``terms`` are other words."""

    group: str
    name: str
    word: str
    terms: tuple[str, ...] = ()

    def meant_by(self, word: str) -> bool:
        """Return whether a word that was voted for is this item."""
        return stands_in(word, (self.word, self.name, *self.terms))


def vote_items(menu: Menu) -> tuple[VoteItem, ...]:
    """Return everything a menu offers; of a menu that lists aspects only, the aspects.

    A name that stands in several groups is told apart by its group: ``市政配套·电力设施:线路架空规整或迁改下地``.
    """
    times = Counter(plain(item.name) for group in menu.groups for item in group.items)
    made = []
    for group in menu.groups:
        if not group.items:
            made.append(VoteItem(group.key, group.key, group.key))
        for item in group.items:
            several = times[plain(item.name)] > 1
            word = _NAMED_WITH_PART.format(part=group.key, name=item.name) if several else item.name
            made.append(VoteItem(group.key, item.name, word, item.terms))
    return tuple(made)


def may_be_voted_for(menu: Menu, word: str) -> bool:
    """Return whether a word names something of the menu: an item by its name or another word for it, or an aspect."""
    return bool(entries(menu, word)) or stands_in(word, (one.key for one in menu.groups if not one.items))
