"""Pages filled in from their templates; everything filled in is escaped."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gisplanner.resources import resource_dir


def render(template: str, **content: object) -> str:
    """Return the page that a template of ``web/templates`` makes of ``content``."""
    return _environment().get_template(template).render(content)


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(resource_dir("web") / "templates")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
