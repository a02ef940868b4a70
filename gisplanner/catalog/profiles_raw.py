"""How a profile file becomes whole: every passage gets its document, and inherited sections are marked (推定)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Raw = dict[str, Any]

_ALWAYS_INHERITED: Final = ("cited", "contradictions")


def completed(raw: Mapping[str, Any], parent_of: Callable[[str], Raw]) -> Raw:
    """Return the raw profile with documents filled in and the sections it inherits merged.

    Parameters
    ----------
    raw
        The file as read.
    parent_of
        Returns the *completed* raw profile of a name.

    Notes
    -----
    Tables are merged key by key, lists are concatenated, and what the file says itself stands first or wins.
    """
    code = str(raw.get("document", {}).get("code", ""))
    own: Raw = _with_document(dict(raw), code)
    if "extends" not in own:
        return own
    parent = parent_of(str(own["extends"]))
    sections = (*own.get("inherits", ()), *_ALWAYS_INHERITED)
    own["parents"] = [parent["document"], *parent.get("parents", ())]
    for section in sections:
        if section in parent:
            own[section] = _merged(own.get(section), _marked(parent[section]))
    return own


def _with_document(value: Any, code: str) -> Any:
    if isinstance(value, Mapping):
        filled = {key: _with_document(one, code) for key, one in value.items()}
        return {**filled, "document": value.get("document", code)} if "quote" in value else filled
    return [_with_document(one, code) for one in value] if isinstance(value, list) else value


def _marked(value: Any) -> Any:
    if isinstance(value, Mapping):
        marked = {key: _marked(one) for key, one in value.items()}
        return {**marked, "inherited": True} if "quote" in value or "texts" in value else marked
    return [_marked(one) for one in value] if isinstance(value, list) else value


def _merged(own: Any, inherited: Any) -> Any:
    if own is None:
        return inherited
    if isinstance(own, Mapping) and isinstance(inherited, Mapping):
        taken = {key: value for key, value in inherited.items() if key != "inherited" or "quote" not in own}
        return {
            **taken,
            **{key: _merged(value, inherited[key]) if key in inherited else value for key, value in own.items()},
        }
    return [*own, *inherited] if isinstance(own, list) and isinstance(inherited, list) else own
