"""Answers as JSON or, for a person, as a plain page of the same content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gisplanner.api.answers import revalidated
from gisplanner.api.ogc.media import HTML
from gisplanner.api.ogc.streams import VARY
from gisplanner.resources import resource_dir


def answer(
    request: Request,
    document: Mapping[str, Any],
    media_type: str,
    *,
    title: str,
    tag: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Response:
    """Return ``document`` in the media type that was negotiated.

    Parameters
    ----------
    tag
        In place of the hash of its content.
    labels
        What the page calls the attributes of features.
    """
    vary = {"Vary": VARY, **({} if tag is None else {"ETag": tag})}
    if media_type == HTML:
        template = _environment().get_template("ogc/page.html")
        page = template.render(title=title, document=document, labels=labels or {})
        return revalidated(request, page.encode(), HTML, vary)
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return revalidated(request, content, media_type, vary)


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(resource_dir("web") / "templates")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
