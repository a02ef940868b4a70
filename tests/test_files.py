"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from gisplanner.errors import InputError
from gisplanner.files import replacing, write_bytes, write_text


def test_text_and_bytes_arrive_and_nothing_else_stays(tmp_path: Path):
    write_text(tmp_path / "甲.txt", "一\n二\n")
    write_bytes(tmp_path / "b.bin", b"\x00\xff")
    assert (tmp_path / "甲.txt").read_bytes() == "一\n二\n".encode()
    assert (tmp_path / "b.bin").read_bytes() == b"\x00\xff"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["b.bin", "甲.txt"]


def test_a_failure_half_way_keeps_the_old_file(tmp_path: Path):
    place = tmp_path / "a.txt"
    place.write_text("old")

    def fail_half_way() -> None:
        with replacing(place) as writing:
            writing.write_text("half of the n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert place.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_new_file_may_be_read_like_any_other_made_by_the_user(tmp_path: Path):
    usual = tmp_path / "usual"
    usual.touch()
    write_text(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == usual.stat().st_mode


def test_a_place_that_cannot_be_written_is_named_with_the_reason(tmp_path: Path):
    with pytest.raises(InputError, match="文件夹不存在"):
        write_text(tmp_path / "none" / "a.txt", "")
    with pytest.raises(InputError, match="是文件夹"):
        write_text(tmp_path, "")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="不是文件夹"):
        write_text(tmp_path / "file" / "a.txt", "")


def test_a_full_disk_is_said_in_words_and_the_old_file_stays(tmp_path: Path):
    place = tmp_path / "a.txt"
    place.write_text("old")
    with pytest.raises(InputError, match="磁盘已满"), replacing(place), Path("/dev/full").open("w") as full:
        full.write("x" * 100_000)
    assert place.read_text() == "old"
