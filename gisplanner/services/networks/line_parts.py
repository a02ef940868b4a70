"""Lines by part and who pays for each (主管、表前支管、水表、表后管), and drains by what they carry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.catalog.layers import utilities
from gisplanner.catalog.profiles import profile
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.policy_answer import UNSTATED, Answer
from gisplanner.domain.policy_facts import SegmentFacts
from gisplanner.formats.tables_book import Table, write_tables
from gisplanner.planning.pipes.meter_parts import parts_at_meters
from gisplanner.rules.answers import Desk
from gisplanner.rules.payers import payer
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL, owners_seen
from gisplanner.services.networks.columns import LAYER, POINTS
from gisplanner.services.networks.drains import DRAINS, OUTSIDE, Drains, drains_of
from gisplanner.services.networks.works import estate_at
from gisplanner.store.database import Database
from gisplanner.text import Text

PART_NAMES: Final = {"main": "主管", "service": "表前支管", "meter": "表", "after_meter": "表后管"}
METERED: Final = {"water": "水表", "power": "电表", "gas": "燃气表", "heat": "热量表"}
"""Networks with a meter for each household (一户一表), and what it is called."""
_EQUIPMENT: Final = "管线设施设备"
_GAS_SERVICE: Final = "入户支管"
_GONE: Final = frozenset({"abandoned", "connected"})
PART_NOTE: Final = "未注明性质的管段按表位推定：表后为表后管，表前接楼的为表前支管（本工具参数）。"


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of one company's network in one estate.

    Attributes
    ----------
    stated
        Whether the files say which part it is; else it was read from where meters and walls are.
    length_m, count
        Metres of line; pieces, or meters.
    """

    estate: str
    owner: str
    utility: str
    part: str
    stated: bool
    length_m: float
    count: int
    answer: Answer | None
    illustrative: bool

    @property
    def payer(self) -> str:
        """Return who pays by the document of the district; 文件未规定 where it says nothing."""
        return UNSTATED if self.answer is None else self.answer.answer

    def record(self) -> dict[str, Any]:
        """Return the JSON record."""
        return {
            "estate": self.estate,
            "owner": self.owner,
            "utility": self.utility,
            "part": self.part,
            "stated": self.stated,
            "length_m": self.length_m,
            "count": self.count,
            "payer": self.payer,
            "quote": None if self.answer is None else self.answer.quote,
            "illustrative": self.illustrative,
        }


@dataclass(frozen=True, slots=True)
class LineParts:
    """Parts of metered networks, and drains."""

    rows: tuple[PartRow, ...]
    drains: Drains

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "parts": [one.record() for one in self.rows],
            **self.drains.document(),
        }

    def sentences(self) -> Text:
        """Return the totals for a person."""
        told = self.drains.sentence()
        zh, en = [f"分段 {len(self.rows)} 行；{told}"], [f"{len(self.rows)} rows; {told.en}"]
        for one in self.rows:
            name = f"{one.estate} {utilities()[one.utility].name}{part_name(one)}"
            zh.append(f"  {name}：{one.length_m:,.0f} m，{one.count} 处，出资：{one.payer}")
            en.append(f"  {one.estate} {one.utility} {one.part}: {one.length_m:,.0f} m, {one.count}, {one.payer}")
        return Text("\n".join(zh), en="\n".join(en))


def part_name(one: PartRow) -> str:
    """Return what a part is called: the meters of water are 水表."""
    return METERED[one.utility] if one.part == "meter" else PART_NAMES[one.part]


def line_parts(
    db: Database, district: District, *, estate: str | None = None, owner: str | None = None, viewer: Viewer = LOCAL
) -> LineParts:
    """Return the lines of a district by part with who pays, and its combined drains; a company sees its own.

    Parameters
    ----------
    estate
        Code or name of one estate only.
    owner
        Lines of one company only.

    Raises
    ------
    PermissionDeniedError
        The account has nothing to do with networks.
    """
    seen = owners_seen(viewer, district, Text("查看管线分段", en="see parts of lines"))
    lines, points = (_current(layer_frame(db, district, name), seen) for name in (LAYER, POINTS))
    if owner is not None:
        lines, points = lines[lines["owner"] == owner], points[points["owner"] == owner]
    meters = points[points["kind"] == "meter"]
    walls = layer_frame(db, district, "buildings").geometry.dropna().to_numpy()
    found = _Tally(
        layer_frame(db, district, "estates"),
        estate,
        Desk(profile(district.profile)) if district.profile is not None else None,
    )
    for (company, utility), own in lines[lines["utility"].isin(METERED)].groupby(["owner", "utility"], sort=True):
        here = meters[(meters["owner"] == company) & (meters["utility"] == utility)]
        found.add_lines(str(company), str(utility), own, here, walls)
    drains = lines[lines["utility"].isin(DRAINS)]
    places = found.places_of(drains.geometry.to_numpy())
    chosen = [found.asked(place) for place in places]
    kept = [place for place in places if found.asked(place)]
    return LineParts(tuple(found.rows()), drains_of(drains[chosen], kept))


class _Tally:
    """Adds up pieces by estate, company, utility and part."""

    def __init__(self, estates: gpd.GeoDataFrame, estate: str | None, desk: Desk | None) -> None:
        self._estates, self._desk = estates, desk
        names = dict(zip(estates["code"], estates["name"], strict=True))
        count = Counter(names.values())
        self._labels = {
            code: str(name) if name and count[name] == 1 else f"{name or ''}（{code}）"
            for code, name in names.items()
        }
        self._wanted = (
            None if estate is None else {self._labels[c] for c, name in names.items() if estate in {c, name}}
        )
        self._sums: dict[tuple[str, str, str, str, bool], list[Any]] = defaultdict(lambda: [0.0, 0, False])

    def places_of(self, shapes: Any) -> list[str]:
        """Return the estate each shape lies in or beside, by name where that tells it apart."""
        codes = estate_at(self._estates, shapes) if len(shapes) else []
        return [OUTSIDE if code is None else self._labels[code] for code in codes]

    def asked(self, place: str) -> bool:
        """Return whether somebody asked for what lies there."""
        return self._wanted is None or place in self._wanted

    def add_lines(
        self, owner: str, utility: str, own: gpd.GeoDataFrame, meters: gpd.GeoDataFrame, walls: Any
    ) -> None:
        pieces = parts_at_meters(own.geometry.to_numpy(), meters.geometry.to_numpy(), walls)
        stated = own["part"].tolist()
        for piece, place in zip(pieces, self.places_of([one.shape for one in pieces]), strict=True):
            said = _text(stated[piece.line])
            key = (place, owner, utility, said or piece.part, said is not None)
            self._add(key, float(piece.shape.length), bool(own["illustrative"].iloc[piece.line]))
        for row, place in zip(meters.itertuples(), self.places_of(meters.geometry.to_numpy()), strict=True):
            self._add((place, owner, utility, "meter", True), 0.0, bool(row.illustrative))

    def _add(self, key: tuple[str, str, str, str, bool], length_m: float, illustrative: bool) -> None:  # noqa: FBT001 - one fact
        one = self._sums[key]
        one[0], one[1], one[2] = one[0] + length_m, one[1] + 1, one[2] or illustrative

    def rows(self) -> Iterator[PartRow]:
        order = list(PART_NAMES)
        for key in sorted(self._sums, key=lambda one: (one[0], one[1], one[2], order.index(one[3]), one[4])):
            place, owner, utility, part, stated = key
            if self.asked(place):
                length, count, sketched = self._sums[key]
                answer = self._paid(utility, part)
                yield PartRow(place, owner, utility, part, stated, round(length, 3), count, answer, sketched)

    def _paid(self, utility: str, part: str) -> Answer | None:
        if self._desk is None:
            return None
        item = item_of(utility, part)
        facts = SegmentFacts(item=item, utility=utility, name=f"{utilities()[utility].name} {item}")
        return payer(self._desk, facts, utilities())


def item_of(utility: str, part: str) -> str:
    """Return what documents call the works on a part.

    Examples
    --------
    >>> item_of("water", "main"), item_of("water", "after_meter"), item_of("gas", "service")
    ('管线设施设备', '水表表后', '入户支管')
    """
    if part == "meter":
        return METERED[utility]
    if part == "after_meter":
        return f"{METERED[utility]}表后"
    return _GAS_SERVICE if (utility, part) == ("gas", "service") else _EQUIPMENT


def write_line_parts(found: LineParts, path: Path) -> None:
    """Write the workbook: parts with who pays, drains by estate, combined drains.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    marks = {True: "文件注明", False: "推定"}
    parts = [
        [
            *(one.estate, one.owner, utilities()[one.utility].name, part_name(one), marks[one.stated]),
            *(round(one.length_m, 1), one.count, one.payer, None if one.answer is None else one.answer.quote),
            "示意数据" if one.illustrative else None,
        ]
        for one in found.rows
    ]
    heads = ("小区", "权属单位", "种类", "分段", "依据", "米", "处", "出资方", "原文", "备注")
    write_tables(
        path,
        [
            Table("分段与出资", (PART_NOTE,), heads, parts),
            *found.drains.tables(),
        ],
    )


def _current(frame: gpd.GeoDataFrame, seen: Any) -> gpd.GeoDataFrame:
    return frame[~frame["status"].isin(_GONE) & frame["owner"].map(seen).astype(bool) & frame.geometry.notna()]


def _text(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)
