"""``gisplanner import``: geometry files into a district."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import Fault, InputError, UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.ingest.import_layer import KINDS, import_features
from gisplanner.services.ingest.sheet import write_refusal, write_report
from gisplanner.services.networks.access import acting
from gisplanner.services.networks.upload import import_networks
from gisplanner.text import Text

NETWORKS = "networks"


@command(root, "import")
@click.argument("kind", type=click.Choice([*KINDS, NETWORKS]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--district", required=True, metavar="D", help="导入到哪个区县 (district)")
@click.option("--layer", metavar="L", help="文件中的图层；缺省取与种类同名的，或唯一的一个")
@click.option(
    "--crs", metavar="EPSG:n|gcj02|bd09|local:NAME", help="文件没有坐标系时的声明 (CRS of a file that does not say)"
)
@click.option("--encoding", metavar="NAME", help="Shapefile 属性文字的编码，如 GBK")
@click.option("--add-new", is_flag=True, help="小区：台账中没有的也新增 (add estates the register lacks)")
@click.option(
    "--replace", is_flag=True, help="移除该文件旧版本带来、新版本没有的要素 (remove what the new file lacks)"
)
@click.option(
    "--trust-coordinates", is_flag=True, help="坐标已由人核实，不与已有图形对照 (do not hold against what is stored)"
)
@click.option("--owner", metavar="O", help="管线：权属单位，如 区深燃公司 (networks: whose lines)")
@click.option("--utility", metavar="U", help="管线：只报这一种类，如 燃气 (networks: of this utility only)")
@click.option(
    "--map", "mapping", multiple=True, metavar="列=表头", help="管线：列的对应，可重复 (networks: headings)"
)
@click.option(
    "--report", type=click.Path(path_type=Path), metavar="X.xlsx", help="退回给制作单位的报告 (report to hand back)"
)
@click.option("--dry-run", is_flag=True, help="只看结果，不写入 (show everything, write nothing)")
def import_command(
    session: Session,
    kind: str,
    file: Path,
    district: str,
    layer: str | None,
    crs: str | None,
    encoding: str | None,
    add_new: bool,
    replace: bool,
    trust_coordinates: bool,
    report: Path | None,
    owner: str | None,
    utility: str | None,
    mapping: tuple[str, ...],
    dry_run: bool,
) -> None:
    """导入几何数据 (bring geometry into a district).

    FILE: GeoPackage, GeoJSON, Shapefile (.zip), GeoParquet, DXF, .osm, .osm.pbf

    管线 (networks) 还可用 KML、点表线表成对的 XLSX 或 CSV、带 WKT 列的 CSV
    """
    shared: dict[str, Any] = {"layer": layer, "crs": crs, "encoding": encoding, "dry_run": dry_run}
    if kind == NETWORKS:
        if add_new or replace or report is not None:
            raise UsageError(
                Text(
                    "--add-new、--replace、--report 不用于管线。",
                    en="--add-new, --replace and --report do not go with networks.",
                )
            )
        shared["trust_coordinates"] = trust_coordinates
        _networks(session, district, file, {"owner": owner, "utility": utility, "mapping": mapping}, shared)
        return
    if owner is not None or utility is not None or mapping:
        raise UsageError(
            Text("--owner、--utility、--map 只用于管线。", en="--owner, --utility and --map go with networks only.")
        )
    try:
        with session.database() as db:
            done = import_features(
                db,
                get_district(db, district),
                kind,
                file,
                add_new=add_new,
                replace=replace,
                trust_coordinates=trust_coordinates,
                **shared,
            )
    except InputError as error:
        if report is not None:
            write_refusal(report, error, language=session.language)
        raise
    if report is not None:
        write_report(report, done, language=session.language)
    session.result(done.as_dict(session.language), done.sentences())


def _networks(session: Session, district: str, file: Path, of: dict[str, Any], shared: dict[str, Any]) -> None:
    if of["owner"] is None:
        raise UsageError(
            Text("导入管线须用 --owner 说明权属单位。", en="Networks need --owner: whose lines are they?"),
            [Fault(column="--owner")],
        )
    with session.database() as db:
        report = import_networks(
            db,
            get_district(db, district),
            file,
            owner=of["owner"],
            utility=of["utility"],
            mapping=_headings(of["mapping"]),
            viewer=acting(db, session.actor),
            **shared,
        )
    session.result(report.as_dict(session.language), report.sentences())


def _headings(mapping: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in mapping]
    bad = [Fault(column="--map", value="".join(one), allowed="列=表头") for one in pairs if not all(one)]
    if bad:
        raise UsageError(Text("--map 要写成 列=表头。", en="--map takes column=heading."), bad)
    return {name.strip(): heading.strip() for name, _, heading in pairs}
