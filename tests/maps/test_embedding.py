"""What goes into a page stays what it was, and a page is never made from half an installation."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisplanner.errors import InternalError
from gisplanner.maps import embedding
from gisplanner.resources import resource_dir


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """A copy of ``web`` that a test may break."""
    shutil.copytree(resource_dir("web"), tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    monkeypatch.setattr(embedding, "resource_dir", lambda kind: tmp_path / kind)
    embedding.page_scripts.cache_clear()
    embedding.page_styles.cache_clear()
    yield tmp_path / "web"
    embedding.page_scripts.cache_clear()
    embedding.page_styles.cache_clear()


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_embedded_json_has_no_markup_and_comes_back_whole(value):
    text = embedding.script_json(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


def test_every_library_travels_with_its_licence():
    scripts = embedding.page_scripts()
    for library in json.loads((resource_dir("web") / "vendor" / "manifest.json").read_text(encoding="utf-8"))[
        "libraries"
    ]:
        assert f"/*! {library['name']} {library['version']}" in scripts
        assert library["licence_name"] in {"MIT", "BSD-2-Clause"}
    assert scripts.count("WITHOUT WARRANTY OF ANY KIND") >= 3


def test_styles_carry_their_pictures():
    styles = embedding.page_styles()
    assert styles.count("data:image/png;base64,") >= 14
    assert "url(images" not in styles
    assert 'url("assets' not in styles


def test_missing_libraries_are_our_fault_and_say_what_to_run(installation):
    shutil.rmtree(installation / "vendor")
    with pytest.raises(InternalError) as caught:
        embedding.page_scripts()
    assert "make setup" in caught.value.faults[0].hint


@pytest.mark.parametrize("content", [None, b"tampered"])
def test_a_file_that_is_gone_or_changed_is_refused(installation, content):
    script = next(installation.glob("vendor/leaflet-1*/dist/leaflet.js"))
    script.unlink() if content is None else script.write_bytes(content)
    with pytest.raises(InternalError) as caught:
        embedding.page_scripts()
    assert caught.value.faults[0].file.endswith("leaflet.js")


def test_a_closing_tag_inside_a_script_does_not_close_it(installation):
    own = installation / "static" / "map" / "panel.js"
    own.write_text('const text = "</script><b>";', encoding="utf-8")
    assert '"<\\/script><b>"' in embedding.page_scripts()
