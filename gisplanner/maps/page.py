"""The page: a Folium map whose every asset stands inside the one HTML file (单文件地图)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

import folium
from branca.element import Element, Figure, MacroElement
from folium.map import Layer
from folium.plugins import GroupedLayerControl
from folium.template import Template
from markupsafe import Markup

from gisplanner.maps.embedding import page_scripts, page_styles, render_template, script_json
from gisplanner.maps.sheet import Sheet

_TIANDITU_HOST: Final = "https://*.tianditu.gov.cn"
_TIANDITU: Final = "https://t{{s}}.tianditu.gov.cn/DataServer?T={kind}_w&x={{x}}&y={{y}}&l={{z}}&tk={key}"
_PUBLIC_MAX_ZOOM: Final = 18


class OfflineMap(folium.Map):
    """A Folium map that loads nothing: libraries, styles, images and data are part of the page.

    A content security policy in the page makes the browser refuse any request, whatever a library may try.

    Parameters
    ----------
    sheet
        What stands in the margin.
    view
        South-west and north-east corner (latitude, longitude) to show first; ``None``: the sheet's bounds.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own class attribute
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(self, sheet: Sheet, view: list[list[float]] | None) -> None:
        west, south, east, north = sheet.bounds_lonlat
        corners = view or [[south, west], [north, east]]
        middle = [(corners[0][axis] + corners[1][axis]) / 2 for axis in (0, 1)]
        super().__init__(
            location=middle,
            zoom_start=15,
            tiles=None,
            zoom_control="topleft",
            zoom_snap=0.25,
            zoom_delta=0.5,
            wheel_px_per_zoom_level=120,
            min_zoom=3,
            max_zoom=_PUBLIC_MAX_ZOOM if sheet.public else 22,
            attribution_control=False,
            font_size="13px",
        )
        self._id = "map"
        self.sheet = sheet
        self.corners = corners
        self.empty = view is None
        FirstView(corners).add_to(self)
        figure = self.figure
        figure.title = escape(sheet.title)
        _append(figure.header, f'<meta http-equiv="Content-Security-Policy" content="{_policy(sheet)}">')
        _append(figure.header, '<meta name="referrer" content="no-referrer">')
        _append(figure.header, page_styles())
        _append(figure.header, page_scripts())
        figure.script.add_child(Element('document.documentElement.lang = "zh-CN";'), name="language", index=0)

    @property
    def figure(self) -> Figure:
        """Return the page around the map."""
        root = self.get_root()
        assert isinstance(root, Figure)
        return root

    def furnish(
        self,
        side: Markup,
        *,
        warnings: Sequence[str],
        unmapped: Sequence[str],
        notes: Iterable[str],
        signs: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Put head, side panel and foot around the map.

        Parameters
        ----------
        side
            The panel, already escaped.
        unmapped
            Names of the estates without geometry (未上图).
        signs
            Signs of the base map that the legend explains: class of the sign and its name.
        """
        values = {
            "sheet": self.sheet,
            "warnings": list(warnings),
            "unmapped": list(unmapped),
            "empty": self.empty,
            "notes": [*self.sheet.notes(), *notes],
            "signs": list(signs),
        }
        html = self.figure.html
        _append(html, render_template("head.html", values))
        _append(html, render_template("side.html", {**values, "side": side}))
        _append(html, render_template("foot.html", values))

    def embed(self, name: str, value: Any) -> str:
        """Put ``value`` as JSON into the page and return the id under which scripts read it."""
        _append(self.figure.html, f'<script type="application/json" id="{name}">{script_json(value)}</script>')
        return name

    def finish(self, groups: Mapping[str, Sequence[Layer]], *, exclusive: Sequence[str] = ()) -> str:
        """Add base maps and controls, and return the page; of an exclusive group one layer is shown at a time."""
        if self.sheet.tianditu_key:
            for layer in _tianditu(self.sheet.tianditu_key):
                layer.add_to(self)
        GroupedOverlays(groups, exclusive).add_to(self)
        SheetControls(self.corners, has_base_map=bool(self.sheet.tianditu_key)).add_to(self)
        return self.figure.render()


class GroupedOverlays(GroupedLayerControl):
    """The layer control, layers in groups, without Folium's links to the outside."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(self, groups: Mapping[str, Sequence[Layer]], exclusive: Sequence[str] = ()) -> None:
        used = {name: list(layers) for name, layers in groups.items() if layers}
        super().__init__(  # type: ignore[no-untyped-call]
            groups=used, exclusive_groups=False, position="topright", collapsed=True
        )
        self._id = "layers"
        self.options["exclusiveGroups"] = list(exclusive)
        # A list: the page is the same for the same input, which a set of names does not promise.
        hidden = [one.get_name() for name in exclusive for one in used.get(name, [])[1:]]
        self.layers_untoggle = sorted({*self.layers_untoggle, *hidden})  # type: ignore[assignment]


class ScriptedLayer(Layer):
    """A layer drawn by a function of our own scripts from data embedded in the page.

    Parameters
    ----------
    function
        Name under ``gisplanner`` in the scripts; called with the map, the id of the data and ``options``.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = gisplanner.{{ this.function }}(
                {{ this._parent.get_name() }}, {{ this.data_id|tojson }}, {{ this.options_json }});
        {% endmacro %}
        """
    )

    def __init__(self, function: str, data_id: str, name: str, *, show: bool = True, **options: Any) -> None:
        super().__init__(name=name, overlay=True, show=show)
        self._name = "Layer"
        self._id = data_id.replace("-", "_")
        self.function = function
        self.data_id = data_id
        self.options_json = script_json(options)


class FirstView(MacroElement):
    """Where a map looks at first; before any layer is drawn, or all would be drawn twice."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            gisplanner.wholeView({{ this._parent.get_name() }}, {{ this.corners_json }});
        {% endmacro %}
        """
    )

    def __init__(self, corners: list[list[float]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "FirstView"
        self._id = "first"
        self.corners_json = script_json(corners)


class SheetControls(MacroElement):
    """Scale, north arrow, full screen, measuring, whole map, and the A3 print."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            gisplanner.sheet({{ this._parent.get_name() }}, {{ this.options_json }});
        {% endmacro %}
        """
    )

    def __init__(self, corners: list[list[float]], *, has_base_map: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "SheetControls"
        self._id = "sheet"
        self.options_json = script_json({"corners": corners, "baseMap": has_base_map})


class Verbatim(Element):
    """Text that stands in the page as it is; branca would read a plain element as a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str, number: int) -> None:
        super().__init__()
        self._name = "Verbatim"
        self._id = str(number)  # same input, same page
        self.text = text


def _append(parent: Element, html: str) -> None:
    parent.add_child(Verbatim(html, len(parent._children)))  # noqa: SLF001 - branca has no public count


def _policy(sheet: Sheet) -> str:
    # What may leave is cut off; scripts may do as they like inside, browser automation needs to evaluate some.
    images = f"data: {_TIANDITU_HOST}" if sheet.tianditu_key else "data:"
    return (
        "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
        f"img-src {images}; font-src 'none'; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _tianditu(key: str) -> list[folium.TileLayer]:
    # 天地图 in Web Mercator has no datum shift; names are a layer of their own.
    layers = [
        folium.TileLayer(
            tiles=_TIANDITU.format(kind=kind, key=key),
            attr="天地图",
            name=name,
            subdomains="01234567",
            max_zoom=22,
            max_native_zoom=18,
            overlay=True,
            control=False,
            show=True,
        )
        for kind, name in (("vec", "天地图矢量底图"), ("cva", "天地图注记"))
    ]
    for number, layer in enumerate(layers):
        layer._id = str(number)  # noqa: SLF001 - same input, same page
    return layers
