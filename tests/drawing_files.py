"""A 1:500 survey drawing as a bureau holds it: CASS codes, storeys as text, symbols as blocks, contours."""

from __future__ import annotations

from pathlib import Path

import ezdxf
from ezdxf.document import Drawing

from tests.ingest_files import EAST, NORTH


def at(x: float, y: float) -> tuple[float, float]:
    return EAST + x, NORTH + y


def drawing(version: str = "R2000", encoding: str = "gbk") -> Drawing:
    """Return the drawing: 5 houses, a shed, a wall, 2 poles, a tree, 2 gates, contours, a manhole, a kerb."""
    made = ezdxf.new(version, setup=False)
    made.encoding = encoding
    made.appids.add("SOUTH")
    for layer in ("JMD", "DLDW", "GXYZ", "DGX", "GCD", "ZBTZ", "DLSS", "ZJ"):
        made.layers.add(layer)
    space = made.modelspace()

    def coded(entity: object, code: str) -> None:
        entity.set_xdata("SOUTH", [(1000, code)])  # type: ignore[attr-defined]

    def house(points: list[tuple[float, ...]], code: str, *, close: bool = True, form: str = "xy") -> None:
        coded(space.add_lwpolyline(points, format=form, close=close, dxfattribs={"layer": "JMD"}), code)

    def text(words: str, x: float, y: float, layer: str = "JMD") -> None:
        space.add_text(words, height=2.0, dxfattribs={"layer": layer}).set_placement(at(x, y))

    house([at(0, 0), at(40, 0), at(40, 12), at(0, 12)], "141121")
    text("砼6", 10, 5)
    text("芙蓉花苑3栋", 15, 8, "ZJ")
    text("85.32", 20, 2, "GCD")
    # closed by hand, not by its flag
    house([at(0, 30), at(40, 30), at(40, 42), at(0, 42), at(0, 30.004)], "141161", close=False)
    space.add_mtext("混3-1", dxfattribs={"layer": "JMD", "char_height": 2.0, "insert": at(10, 38)})
    # a round end: one bulge of half a circle, radius 6
    house([(*at(60, 0), 0.0), (*at(90, 0), 1.0), (*at(90, 12), 0.0), (*at(60, 12), 0.0)], "141101", form="xyb")
    text("砖2", 70, 5)
    # wall by wall
    corners = [at(60, 30), at(80, 30), at(80, 40), at(60, 40)]
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        coded(space.add_line(start, end, dxfattribs={"layer": "JMD"}), "141200")
    text("简1", 65, 35)
    block = made.blocks.new("HOUSE")
    block.add_lwpolyline([(0, 0), (20, 0), (20, 10), (0, 10)], close=True)
    space.add_blockref("HOUSE", at(100, 60), dxfattribs={"layer": "JMD"})
    house([at(100, 0), at(106, 0), at(106, 4), at(100, 4)], "141500")
    coded(space.add_lwpolyline([at(-5, -5), at(130, -5)], dxfattribs={"layer": "JMD"}), "144302")
    pole = made.blocks.new("GC155")
    pole.add_circle((0, 0), 0.5)
    for x in (20, 50):
        coded(space.add_blockref("GC155", at(x, 20), dxfattribs={"layer": "GXYZ"}), "171300")
    coded(space.add_blockref("GC155", at(70, 20), dxfattribs={"layer": "GXYZ"}), "174200")
    coded(space.add_circle(at(30, 25), 1.0, dxfattribs={"layer": "ZBTZ"}), "213801")
    gate = space.add_blockref("GC155", at(60, -5), dxfattribs={"layer": "JMD"})
    coded(gate, "143601")
    gate.add_attrib("名称", "东门")
    gate.add_attrib("宽度", "4.2")
    coded(space.add_line(at(110, -5), at(116, -5), dxfattribs={"layer": "JMD"}), "143601")
    for y in (0, 10, 20):
        coded(space.add_lwpolyline([at(-50, y), at(150, y + 9)], dxfattribs={"layer": "DGX"}), "201101")
    coded(space.add_line(at(-50, -9), at(150, -9), dxfattribs={"layer": "DLSS"}), "164400")
    return made


def write_drawing(path: Path, version: str = "R2000", encoding: str = "gbk") -> Path:
    drawing(version, encoding).saveas(path)
    return path
