"""An orthophoto as the lowest base of a page (影像底图): blocks of pixels inside the page, no request to anyone."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from gisplanner.domain.imagery import Statement
from gisplanner.maps.page import OfflineMap, ScriptedLayer

_Z_INDEX: Final = 190


@dataclass(frozen=True, slots=True)
class ImageBlock:
    """A rectangle of the image: west, south, east, north in degrees, the picture, and what kind it is."""

    bounds_lonlat: tuple[float, float, float, float]
    image: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Imagery:
    """What a page shows of an orthophoto; ``pixel_m`` is the side of a pixel on the ground as it is shown, metres."""

    statement: Statement
    blocks: tuple[ImageBlock, ...]
    pixel_m: float

    def note(self) -> str:
        """Return what the margin has to say about it."""
        about = self.statement
        taken = about.taken_on or "未注明"
        accuracy = "未注明" if about.accuracy_m is None else f"{about.accuracy_m:g} m"
        return (
            f"影像“{about.name}”：{about.licence}；拍摄 {taken}；平面精度 {accuracy}；本图分辨率 {self.pixel_m:.2g} m"
        )


def add_imagery(page: OfflineMap, imagery: Imagery) -> ScriptedLayer:
    """Put an orthophoto under everything else of a page; it is there when the reader switches it on."""
    page.embed(
        "base-imagery",
        [
            {
                "b": [[south, west], [north, east]],
                "u": f"data:{block.media_type};base64,{base64.b64encode(block.image).decode('ascii')}",
            }
            for block in imagery.blocks
            for west, south, east, north in [block.bounds_lonlat]
        ],
    )
    layer = ScriptedLayer("imagery", "base-imagery", "正射影像", show=False, zIndex=_Z_INDEX)
    layer.add_to(page)
    return layer
