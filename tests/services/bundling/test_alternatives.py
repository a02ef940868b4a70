"""Several proposals at once, side by side and on one map."""

from __future__ import annotations

import json
import re

import pytest

from gisplanner.domain.bundling import BundleRules
from gisplanner.domain.district import District
from gisplanner.errors import UsageError
from gisplanner.services.bundling import proposals as service
from gisplanner.services.bundling.alternatives import make_alternatives, map_alternatives
from gisplanner.services.maps import MapOptions
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database


@pytest.fixture
def sketched(db: Database, nankang: District) -> District:
    sketch_outlines(db, nankang)
    return nankang


def embedded(html: str, name: str):
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)[1])


@pytest.mark.requirement("R5.01", "R5.10")
def test_each_gap_and_wish_is_a_proposal_and_a_layer(db: Database, sketched: District):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET needs = ARRAY['排水'] WHERE seq <= 9")
    made = make_alternatives(
        db, sketched, "比选", BundleRules(iterations=20), gaps_m=(15.0, 60.0), needs="needs",
        barriers_layers=("barriers",),
    )  # fmt: skip
    assert [one.name for one in made] == ["比选-间距15", "比选-间距15-需求", "比选-间距60", "比选-间距60-需求"]
    counts = [len(one.grouping.bundles) for one in made]
    assert counts[1] > counts[0] > counts[2]
    official = service.save_official(db, sketched, "备注")
    html = map_alternatives(db, sketched, [official, *made])
    assert "connect-src 'none'" in html, "the page asks nothing of any server"
    assert html.count('data-alternative="plan-') == 5
    drawn = [embedded(html, f"plan-{number}")["features"] for number in range(5)]
    assert [len(features) for features in drawn] == [11, *counts]
    facts = embedded(html, "estates")["features"][0]["properties"]["v"]
    assert facts[0] == "片区 P01"
    colour = {feature["properties"]["n"]: feature["properties"]["c"] for feature in drawn[0]}
    same = {feature["properties"]["c"] for feature in drawn[1]}
    assert same == set(colour.values()), "what continues a project keeps its colour"
    assert map_alternatives(db, sketched, [official, *made]) == html


def test_the_public_map_has_no_households(db: Database, sketched: District):
    official = service.save_official(db, sketched, "备注")
    facts = embedded(map_alternatives(db, sketched, [official], options=MapOptions(public=True)), "plan-0")
    assert len(facts["features"][0]["properties"]["v"]) == 3


def test_gaps_are_given_once(db: Database, sketched: District):
    with pytest.raises(UsageError):
        make_alternatives(db, sketched, "甲", BundleRules(), gaps_m=(15.0, 15.0))
    assert service.proposals(db, sketched) == []
