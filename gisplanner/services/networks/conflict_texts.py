"""Conflicts in words and as JSON records."""

from __future__ import annotations

from typing import Any, Final

from gisplanner.domain.clearance import AdvisedClearance, ClearanceConflict, UnknownClearance
from gisplanner.domain.clearance_exception import ClearanceException
from gisplanner.text import Language, Text, in_language

KIND_NAMES: Final = {
    "horizontal": Text("水平净距", en="net distance in plan"),
    "vertical": Text("垂直净距", en="net distance in height"),
    "building": Text("距建筑物", en="distance to a building"),
    "tree": Text("距树木", en="distance to a tree"),
    "pole": Text("距电杆", en="distance to a pole"),
    "kerb": Text("距路缘石", en="distance to a kerb"),
    "cover": Text("覆土深度", en="cover"),
}
_CHECKED: Final = {"未核对原文": "not compared with print", "已核对原文": "compared with print"}
_SURE: Final = {"确定": "sure", "可能": "possible"}


def conflict_document(
    one: ClearanceConflict, language: Language = "zh", exception: ClearanceException | None = None
) -> dict[str, Any]:
    """Return the JSON record of the contract, with the place, why who yields, and what would mend it."""
    return {
        "a": one.a,
        "b": one.b,
        "kind": one.kind,
        "verdict": one.verdict,
        "measured_m": one.measured_m,
        "required_m": one.required_m,
        "clause": one.rule.cited,
        "status": one.rule.status,
        "row": one.rule.id,
        "origin": one.rule.origin,
        "length_m": one.length_m,
        "yields": one.yields,
        "obligation": one.rule.obligation,
        "where": one.rule.where,
        "doubt": one.rule.doubt,
        "at": None if one.at is None else list(one.at),
        "yield_rule": None if one.yield_step is None else one.yield_step.shown,
        "advice": [
            {"clause": rule.cited, "status": rule.status, "row": rule.id, "required_m": rule.min_m}
            for rule in one.advice
        ],
        "exception": None if exception is None else exception.document_record(),
        "fix": in_language(suggested_fix(one), language),
    }


def unknown_document(one: UnknownClearance) -> dict[str, Any]:
    """Return the JSON record of a pair nobody can judge."""
    return {
        "a": one.a,
        "b": one.b,
        "kind": one.kind,
        "missing": list(one.missing),
        "measured_m": one.measured_m,
        "at": list(one.at),
    }


def advice_document(one: AdvisedClearance) -> dict[str, Any]:
    """Return the JSON record of a pair that keeps what is required and not what is advised."""
    return {
        "a": one.a,
        "b": one.b,
        "kind": one.kind,
        "measured_m": one.measured_m,
        "preferred_m": one.preferred_m,
        "clause": one.rule.cited,
        "status": one.rule.status,
    }


def suggested_fix(one: ClearanceConflict) -> Text:
    """Return what would mend a conflict: who moves, by how much.

    A smaller distance with safety measures is an exception that somebody records (例外登记), never a fix.
    """
    short = round(one.required_m - one.measured_m, 3)
    who = "" if one.yields is None else f" {one.yields} "
    line = "" if one.yields is None else f" {one.yields}"
    if one.verdict == "可能":
        return Text(
            "先查明管径、压力、材质或探测位置，再判定", en="find out class, diameter or exact place first, then judge"
        )
    if one.kind == "horizontal":
        return Text(f"{who}平移 {short:g} m".strip(), en=f"shift{line} by {short:g} m")
    if one.kind == "vertical":
        return Text(
            f"交叉处{who}调整标高 {short:g} m", en=f"change the level of{line} by {short:g} m at the crossing"
        )
    if one.kind == "tree":
        return Text(
            f"{who}外移 {short:g} m，或做根系隔离、移植树木".strip(),
            en=f"move{line} {short:g} m away, guard the roots or move the tree",
        )
    if one.kind in {"building", "pole", "kerb"}:
        return Text(f"{who}外移 {short:g} m".strip(), en=f"move{line} {short:g} m away")
    return Text(f"{who}加深 {short:g} m 或加保护".strip(), en=f"lay{line} {short:g} m deeper or protect it")


def conflict_sentence(one: ClearanceConflict) -> Text:
    """Return one line for a person."""
    kind = KIND_NAMES[one.kind]
    pair = str(one.a) if one.b is None else f"{one.a}–{one.b}"
    long = f"，长 {one.length_m:.1f} m" if one.length_m else ""
    long_en = f", {one.length_m:.1f} m long" if one.length_m else ""
    fix = suggested_fix(one)
    return Text(
        f"{one.verdict} {kind} {pair}：{one.measured_m:.3f} m < {one.required_m:g} m{long}，"
        f"{one.rule.id} {one.rule.shown}；{fix}",
        en=f"{_SURE[one.verdict]} {kind.en} {pair}: {one.measured_m:.3f} m < {one.required_m:g} m{long_en} "
        f"({one.rule.cited}, {_CHECKED[one.rule.status]}, {one.rule.id}); {fix.en}",
    )
