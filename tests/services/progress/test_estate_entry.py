"""What a person fills in of an estate: stored as a whole or not at all, every change with who and when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import ChangedMeanwhileError, InputError, NotFoundError, PermissionDeniedError
from gisplanner.services.ingest.undo import undo_import
from gisplanner.services.progress.estate_entry import EstateEntry, changes_of, estate_record, save_entry
from gisplanner.store.database import Database

DAY = date(2024, 6, 3)
ESTATE = "金赣小区"


def entry(**given) -> EstateEntry:
    return EstateEntry(**{"on": DAY, **given})


def street_of(db: Database) -> str:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT subdistrict.name FROM estate JOIN subdistrict ON subdistrict.id = subdistrict_id "
            "WHERE estate.name = %s",
            [ESTATE],
        )
        return cursor.fetchone()[0]


@pytest.fixture
def own(db: Database, nankang: District) -> Database:
    """The database as the sub-district of the estate sees it."""
    street = street_of(db)
    return db.seen_by(Viewer("街办", "subdistrict", {"subdistrict": (street,)}))


@pytest.mark.requirement("R1.04", "R1.06", "R1.11")
def test_a_street_fills_in_its_own_estate_and_the_history_tells_who(own: Database, nankang: District):
    saved = save_entry(
        own, nankang, ESTATE,
        entry(
            year_built="1998年", ownership="房改房", counts={"同意户数": Decimal(511)}, votes={"供水": Decimal(210)}
        ),
    )  # fmt: skip
    assert (saved.fields, saved.figures) == (("year_built", "ownership"), 2)
    again = save_entry(own, nankang, ESTATE, entry(year_built="1997年", counts={"同意户数": Decimal(511)}))
    assert (again.fields, again.figures) == (("year_built",), 0)
    told = [(one.what, one.before, one.after, one.by) for one in changes_of(own, nankang, ESTATE)]
    assert told == [
        ("建成时间", "1998年", "1997年", "街办"),
        ("需求票数·供水", None, "210", "街办"),
        ("同意户数", None, "511", "街办"),
        ("建成时间", None, "1998年", "街办"),
        ("产权性质", None, "房改房", "街办"),
    ]
    record = estate_record(own, nankang, ESTATE)
    item = next(one for one in record.items if one.meant_by("供水"))
    assert record.votes_for(item) == ("供水", Decimal(210))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"year_built": "很久以前"}, "读不出年份"),
        ({"ownership": "房" * 101}, "至多 100 个字"),
        ({"counts": {"同意户数": Decimal(99999)}}, "不多于该小区户数"),
        ({"counts": {"同意户数": Decimal("0.5")}}, "整数"),
        ({"votes": {"直升机坪": Decimal(3)}}, "老旧供水主管维修或更换"),
        ({"counts": {"同意户数": Decimal(5)}, "on": date(2999, 1, 1)}, "不晚于今天"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(db: Database, nankang: District, given: dict, told: str):
    with pytest.raises(InputError) as refused:
        save_entry(db, nankang, ESTATE, entry(**{"year_built": "1998年", "votes": {"供水": Decimal(1)}, **given}))
    assert told in str([one.as_dict() for one in refused.value.faults])
    record = estate_record(db, nankang, ESTATE)
    assert (record.year_built, dict(record.votes)) == (None, {})


def test_a_correction_is_not_dated_before_what_it_corrects(db: Database, nankang: District):
    save_entry(db, nankang, ESTATE, entry(counts={"同意户数": Decimal(511)}))
    with pytest.raises(InputError) as refused:
        save_entry(db, nankang, ESTATE, entry(counts={"同意户数": Decimal(500)}, on=date(2024, 5, 1)))
    assert "2024-06-03" in str(refused.value.faults[0].allowed)


def test_two_forms_at_once_do_not_write_over_each_other(db: Database, nankang: District):
    save_entry(db, nankang, ESTATE, entry(year_built="1998年", seen=(None, None)))
    with pytest.raises(ChangedMeanwhileError):
        save_entry(db, nankang, ESTATE, entry(year_built="1999年", seen=("", "")))
    assert estate_record(db, nankang, ESTATE).year_built == "1998年"


def test_another_street_and_other_roles_may_not(db: Database, nankang: District):
    other = Viewer("别的街办", "subdistrict", {"subdistrict": ("没有的街道",)})
    with pytest.raises(NotFoundError):
        save_entry(db.seen_by(other), nankang, ESTATE, entry(year_built="1998年"))
    for role in ("reviewer", "lead"):
        with pytest.raises(PermissionDeniedError):
            save_entry(db.seen_by(Viewer("x", role)), nankang, ESTATE, entry(year_built="1998年"))
        with pytest.raises(PermissionDeniedError):
            save_entry(db.seen_by(Viewer("x", role)), nankang, ESTATE, entry(counts={"同意户数": Decimal(5)}))
    assert estate_record(db, nankang, ESTATE).year_built is None


def test_year_and_ownership_can_be_taken_back(db: Database, nankang: District):
    save_entry(db, nankang, ESTATE, entry(year_built="1998年", ownership="房改房"))
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM import_batch")
        (batch,) = cursor.fetchone()
    undo_import(db, nankang, batch)
    record = estate_record(db, nankang, ESTATE)
    assert (record.year_built, record.ownership) == (None, None)
