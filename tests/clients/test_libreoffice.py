"""LibreOffice prints the register sheet as a bureau would (make clients)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gisplanner.domain.district import District
from gisplanner.services.register.printed import export_register
from gisplanner.store.database import Database

pytestmark = pytest.mark.client


def test_the_register_prints_on_a4_landscape(db: Database, nankang: District, tmp_path: Path):
    out = tmp_path / "台账.xlsx"
    export_register(db, nankang, out)
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(out)],
        check=True,
        capture_output=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    told = subprocess.run(
        ["pdfinfo", str(out.with_suffix(".pdf"))], check=True, capture_output=True, text=True
    ).stdout
    text = subprocess.run(
        ["pdftotext", str(out.with_suffix(".pdf")), "-"], check=True, capture_output=True, text=True
    ).stdout
    width, height = (float(word) for word in told.split("Page size:")[1].split()[0:3:2])
    assert width > height
    assert "芙蓉新城老旧小区改造工程" in "".join(text.split())
    assert text.count("供销社家属楼周边老旧小区改造工程") <= 1
