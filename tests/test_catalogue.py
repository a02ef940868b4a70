"""Everything defined as data is tested by being there."""

from __future__ import annotations

from pathlib import Path

import pytest

from gisplanner.catalog.layers import layers, select_sql, utilities
from gisplanner.catalog.profiles import profile, profile_from, profile_names, published_rows
from gisplanner.domain.layers import LayerSpec, UtilitySpec
from gisplanner.errors import FileFormatError
from gisplanner.services.districts import create_district
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database

LAYERS = list(layers().values())


@pytest.mark.parametrize("spec", LAYERS, ids=lambda spec: spec.name)
def test_a_layer_delivers_the_columns_it_defines(spec: LayerSpec, db: Database):
    district = create_district(db, "a", crs="EPSG:4547")
    raw = db.read_frame(select_sql(spec.name), {"district_id": district.id}, srid=district.srid)
    told = [*(column.name for column in spec.columns), "geom"]
    assert list(raw.columns) == [*told, *(["lonlat"] if spec.lonlat else [])]
    frame = layer_frame(db, district, spec.name)
    assert list(frame.columns) == told
    assert frame.crs.to_epsg() == district.srid


@pytest.mark.parametrize("spec", LAYERS, ids=lambda spec: spec.name)
def test_a_layer_has_unique_headings_and_an_id(spec: LayerSpec):
    labels = [column.label for column in spec.columns]
    assert len(set(labels)) == len(labels)
    assert spec.id_column in {column.name for column in spec.columns}


@pytest.mark.parametrize("spec", LAYERS, ids=lambda spec: spec.name)
def test_no_public_layer_shows_households(spec: LayerSpec):
    for column in spec.columns:
        if "户数" in column.label:
            assert not column.public, column.name


@pytest.mark.parametrize("spec", utilities().values(), ids=lambda spec: spec.code)
def test_a_utility_has_a_colour_with_a_source_and_words_of_its_own(spec: UtilitySpec):
    assert spec.colour_source
    others = [other for other in utilities().values() if other.code != spec.code]
    assert spec.name not in {other.name for other in others}
    assert spec.colour not in {other.colour for other in others}
    for word in spec.synonyms:
        assert word not in {synonym for other in others for synonym in other.synonyms}


@pytest.mark.requirement("R6.25")
@pytest.mark.parametrize("spec", utilities().values(), ids=lambda spec: spec.code)
def test_a_utility_is_called_what_the_documents_call_it(spec: UtilitySpec, shared_dir: Path):
    assert set(spec.named) <= set(profile_names())
    for name, words in spec.named.items():
        document = profile(name).document
        text = "".join((shared_dir / "seeds" / document.file).read_text(encoding="utf-8").split())
        assert [word for word in words if word not in text] == []


@pytest.mark.requirement("R6.01", "R6.25")
def test_which_networks_count_is_said_by_the_profile():
    assert len(profile("nankang").operators) == 7
    assert [one.utility for one in profile("changzhou").operators] == [
        "power", "telecom", "telecom", "water", "gas", "drain", "lighting",
    ]  # fmt: skip
    for name in profile_names():
        assert {one.utility for one in profile(name).operators} <= set(utilities())


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_loads_and_its_stages_count_up(name: str):
    loaded = profile(name)
    assert loaded.name == name
    assert [stage.no for stage in loaded.stages] == list(range(1, len(loaded.stages) + 1))
    rows = published_rows(name)
    assert rows is None or rows.is_file()


def passages(value: object) -> list[tuple[str, str]]:
    """Every quote with the code of the document it is said to stand in."""
    if isinstance(value, dict):
        own = [(value["document"], value["quote"])] if isinstance(value.get("quote"), str) else []
        return own + [one for item in value.values() for one in passages(item)]
    if isinstance(value, list | tuple):
        return [one for item in value for one in passages(item)]
    return []


@pytest.mark.parametrize("name", profile_names())
def test_every_quote_stands_verbatim_in_its_document(name: str, shared_dir: Path):
    loaded = profile(name)
    texts = {
        one.code: "".join((shared_dir / "seeds" / one.file).read_text(encoding="utf-8").split())
        for one in (loaded.document, *loaded.parents)
    }
    found = passages(loaded.model_dump(by_alias=True))
    assert found
    assert [(code, quote) for code, quote in found if "".join(quote.split()) not in texts[code]] == []


@pytest.mark.parametrize("name", profile_names())
def test_a_menu_item_is_written_as_in_its_document(name: str):
    offered = profile(name).menu
    assert offered is not None
    for group in offered.groups:
        text = "".join("".join(one.quote.split()) for one in (group, *group.quotes))
        assert [item.name for item in group.items if "".join(item.name.split()) not in text] == []


@pytest.mark.parametrize("name", profile_names())
def test_what_is_inherited_is_marked_and_what_is_not_is_not(name: str):
    loaded = profile(name)
    own = loaded.document.code

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if "quote" in value and "inherited" in value and "title" not in value:
                assert value["inherited"] == (value["document"] != own), value
            for one in value.values():
                walk(one)
        elif isinstance(value, list | tuple):
            for one in value:
                walk(one)

    walk({key: value for key, value in loaded.model_dump().items() if key != "contradictions"})


def test_a_profile_with_an_unknown_key_is_refused_with_all_its_faults(tmp_path: Path):
    file = tmp_path / "x.toml"
    file.write_text('name = "x"\ntitle = "x"\ncolour = 1\n[document]\ncode = "X1"\ntitle = "t"\nstatus = "old"\n')
    with pytest.raises(FileFormatError) as error:
        profile_from(file)
    assert {fault.column for fault in error.value.faults} == {"colour", "document.status"}
