"""Text into pages without a way out: JSON for script elements, vendored libraries and our own files inlined."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gisplanner.errors import Fault, InternalError
from gisplanner.resources import resource_dir
from gisplanner.text import Text

OWN_SCRIPTS: Final = (
    "base.js", "features.js", "alternatives.js", "imagery.js", "context.js",
    "labels.js", "panel.js", "history.js", "sheet.js",
)  # fmt: skip
OWN_STYLES: Final = ("map.css", "phone.css", "print.css")

_HINT: Final = Text(
    "执行 make setup，或 python scripts/vendor_assets.py", en="run make setup, or scripts/vendor_assets.py"
)
_CSS_URL: Final = re.compile(r"""url\(\s*(['"]?)(?!data:|#)([^'")]+)\1\s*\)""")
_CSS_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_JSON_ESCAPES: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def script_json(value: Any) -> str:
    r"""Return ``value`` as JSON that may stand inside a ``script`` element: no ``<``, ``>`` or ``&`` in it.

    Examples
    --------
    >>> script_json({"名称": "</script>"})
    '{"名称":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for raw, escaped in _JSON_ESCAPES.items():
        text = text.replace(raw, escaped)
    return text


def render_template(name: str, values: Mapping[str, Any]) -> Markup:
    """Return a template of ``web/templates/map`` with ``values`` escaped into it; the result is safe to nest."""
    # Every value went through the escaping of the environment, so what comes out is markup.
    return Markup(_environment().get_template(name).render(values))  # noqa: S704


@cache
def _environment() -> Environment:
    folder = resource_dir("web") / "templates" / "map"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def page_scripts() -> str:
    """Return all scripts of a map page as ``script`` elements, each library under its licence text.

    Raises
    ------
    InternalError
        The front-end libraries are not installed or were changed; says what to run.
    """
    parts = []
    for library in _libraries():
        licence = _vendored(library, library["licence"]).decode("utf-8").replace("*/", "* /")
        parts.append(f"/*! {library['name']} {library['version']}\n{licence.strip()}\n*/")
        parts += [_vendored(library, file).decode("utf-8") for file in library["scripts"]]
    parts += [_own("map", name) for name in OWN_SCRIPTS]
    return "\n".join(f"<script>{_inside_script(part)}</script>" for part in parts)


@cache
def page_styles() -> str:
    """Return all styles of a map page as one ``style`` element, images inside as data URIs.

    Raises
    ------
    InternalError
        As for :func:`page_scripts`.
    """
    parts = []
    for library in _libraries():
        for file in library["styles"]:
            css = _CSS_COMMENT.sub("", _vendored(library, file).decode("utf-8"))
            parts.append(_CSS_URL.sub(partial(_data_uri, library, file), css))
    parts += [_own("map", name) for name in OWN_STYLES]
    return "<style>" + "\n".join(parts) + "</style>"


def _libraries() -> list[dict[str, Any]]:
    manifest = resource_dir("web") / "vendor" / "manifest.json"
    if not manifest.is_file():
        raise _missing(manifest)
    return list(json.loads(manifest.read_text(encoding="utf-8"))["libraries"])


def _vendored(library: Mapping[str, Any], file: str) -> bytes:
    path = resource_dir("web") / "vendor" / str(library["folder"]) / file
    if not path.is_file():
        raise _missing(path)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != library["sha256"][file]:
        raise _missing(path)
    return content


def _data_uri(library: Mapping[str, Any], style: str, found: re.Match[str]) -> str:
    file = (Path(style).parent / found[2]).as_posix()
    if file not in library["sha256"]:
        raise _missing(Path(library["folder"]) / file)
    return f"url(data:image/png;base64,{base64.b64encode(_vendored(library, file)).decode('ascii')})"


def _own(folder: str, name: str) -> str:
    return (resource_dir("web") / "static" / folder / name).read_text(encoding="utf-8")


def _inside_script(code: str) -> str:
    return re.sub(r"</(?=script)", r"<\\/", code, flags=re.IGNORECASE)


def _missing(path: Path) -> InternalError:
    return InternalError(
        Text(
            "地图所需的前端库不完整或被改动。",
            en="The front-end libraries of the maps are incomplete or were changed.",
        ),
        [Fault(file=str(path), hint=_HINT)],
    )
