"""Import a file that was handed in, as a job: a dry run first, then, when a person says so, for good."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

from pydantic import Field

from gisplanner.domain.accounts import ROLES
from gisplanner.domain.district import District
from gisplanner.domain.works import RECORDS, RecordKind
from gisplanner.errors import Fault, UsageError
from gisplanner.formats.reading_limits import ReadingLimits, reading_within
from gisplanner.services.districts import get_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.jobs.processes import Inputs, Process, Work
from gisplanner.services.networks.upload import import_networks
from gisplanner.services.progress.records import enter_file
from gisplanner.services.register.register import import_register
from gisplanner.services.uploads.gate import check_file
from gisplanner.services.uploads.kinds import RECORDS_PREFIX, upload_kind
from gisplanner.services.uploads.spool import file_of_upload
from gisplanner.text import Text

LIMITS: Final = ReadingLimits(rows=1_000_000, vertices=5_000_000)


class ImportInputs(Inputs):
    """Inputs of ``import``; those that do not go with a kind are refused."""

    district: str = Field(description="区县代号 (district)")
    kind: str = Field(description="种类：estates、buildings、networks、register … (kind)")
    upload: UUID = Field(description="POST /uploads 返回的编号 (id of the file)")
    dry_run: bool = Field(default=True, description="只看结果，不写入 (write nothing)")
    layer: str | None = Field(default=None, description="文件中的图层 (layer of the file)")
    crs: str | None = Field(default=None, description="文件没有坐标系时：EPSG:n、gcj02、bd09 (its CRS)")
    encoding: str | None = Field(default=None, description="属性文字的编码，如 GBK (encoding)")
    add_new: bool = Field(default=False, description="小区：台账中没有的也新增 (add new estates)")
    replace: bool = Field(default=False, description="移除旧版本有、新版本没有的要素 (remove what is gone)")
    owner: str | None = Field(default=None, description="管线：权属单位 (whose lines)")
    utility: str | None = Field(default=None, description="管线：只报这一种类 (of this utility only)")


def run_import(work: Work, inputs: ImportInputs) -> Mapping[str, Any]:
    """Import a file and return the report, with its sentences for a person."""
    kind = upload_kind(work.viewer, inputs.kind)
    district = get_district(work.db, inputs.district)
    with file_of_upload(work.program, work.viewer, work.uploads, inputs.upload) as path:
        work.tell(5, Text("检查文件…", en="looking at the file …"))
        check_file(path, kind)
        work.tell(15, Text("读取、核对…", en="reading and checking …"))
        with reading_within(LIMITS):
            report = _RUN.get(kind.name, _features)(work, district, path, inputs)
    work.tell(95, Text("写报告…", en="reporting …"))
    return {
        "kind": kind.name,
        "dry_run": inputs.dry_run,
        "report": report.document() if kind.name == "register" else report.as_dict(),
        "sentences": str(report.sentences()),
    }


def _features(work: Work, district: District, path: Path, inputs: ImportInputs) -> Any:
    _refuse(inputs, "owner", "utility")
    return import_features(
        work.db,
        district,
        inputs.kind,
        path,
        layer=inputs.layer,
        crs=inputs.crs,
        encoding=inputs.encoding,
        dry_run=inputs.dry_run,
        add_new=inputs.add_new,
        replace=inputs.replace,
    )


def _networks(work: Work, district: District, path: Path, inputs: ImportInputs) -> Any:
    _refuse(inputs, "add_new", "replace")
    own = work.viewer.scope.get("owner", ())
    owner = inputs.owner or (own[0] if len(own) == 1 else None)
    if owner is None:
        raise UsageError(Text("报送管线须说明权属单位。", en="Networks need their owner."), [Fault(column="owner")])
    return import_networks(
        work.db,
        district,
        path,
        owner=owner,
        utility=inputs.utility,
        layer=inputs.layer,
        crs=inputs.crs,
        encoding=inputs.encoding,
        dry_run=inputs.dry_run,
        viewer=work.viewer,
    )


def _register(work: Work, district: District, path: Path, inputs: ImportInputs) -> Any:
    _refuse(inputs, "layer", "crs", "encoding", "add_new", "replace", "owner", "utility")
    return import_register(work.db, district, path, dry_run=inputs.dry_run)


def _records(work: Work, district: District, path: Path, inputs: ImportInputs) -> Any:
    _refuse(inputs, "layer", "crs", "encoding", "add_new", "replace", "owner", "utility")
    kind = cast("RecordKind", inputs.kind.removeprefix(RECORDS_PREFIX))
    return enter_file(work.db, district, kind, path, dry_run=inputs.dry_run)


_RUN: Final = {
    "networks": _networks,
    "register": _register,
    **{f"{RECORDS_PREFIX}{kind}": _records for kind in RECORDS},
}


def _refuse(inputs: ImportInputs, *names: str) -> None:
    given = [Fault(column=name, value=str(getattr(inputs, name))) for name in names if getattr(inputs, name)]
    if given:
        raise UsageError(
            Text(f"这些输入不用于 {inputs.kind}。", en=f"These inputs do not go with {inputs.kind}."), given
        )


IMPORT: Final = Process(
    id="import",
    title=Text("导入报送的文件", en="Import a file that was handed in"),
    description=Text(
        "试算或写入：读取、核对坐标和属性，按账户权限写入，返回逐行报告。",
        en="A dry run or for good: reads, checks, writes what the account may, and reports on every row.",
    ),
    inputs=ImportInputs,
    roles=frozenset(ROLES) - {"public", "reviewer", "lead"},
    run=run_import,
)
