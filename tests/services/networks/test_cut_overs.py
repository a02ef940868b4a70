"""Windows counted back from a fixed day, kept for each company, booked by it; no two at one building on one day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import psycopg2
import pytest

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.cut_over import CutOverWindow
from gisplanner.domain.district import District
from gisplanner.errors import InfeasibleError, NotFoundError, PermissionDeniedError, RefusedError, UsageError
from gisplanner.planning.pipes.calendar import counted_back, working_days
from gisplanner.services.networks.cut_overs import book, cancel, cut_overs, keep_windows
from gisplanner.store.database import Database

FIXED = date(2024, 9, 30)
TELECOMS = ["区电信分公司", "区移动分公司", "区联通分公司", "区广电网络公司"]
MOBILE = Viewer("移", "operator", {"owner": ("区移动分公司",)})
LEAD = Viewer("管网", "lead")


def window(owner: str, first: date, last: date | None = None, building: str | None = None) -> CutOverWindow:
    return CutOverWindow("金赣小区", None, owner, "预约", first, last or first, building)


@pytest.mark.requirement("R6.08")
def test_windows_are_counted_back_kept_and_booked_by_each_company(db: Database, nankang: District):
    made = keep_windows(db, nankang, "金赣小区", fixed=FIXED, days_each=3, viewer=LEAD)
    assert [one.owner for one in made] == TELECOMS
    assert made[-1].last_day == FIXED
    # All working days before the fixed one, each of one company: 29 September is a working Sunday.
    mine = [working_days(one.first_day, one.last_day) for one in made]
    assert [len(days) for days in mine] == [3] * 4
    assert [day for days in mine for day in days] == working_days(made[0].first_day, FIXED)
    assert date(2024, 9, 29) in mine[-1]

    kept = made[1]
    outside = window("区移动分公司", made[0].first_day)
    with pytest.raises(RefusedError) as caught:
        book(db, nankang, outside, viewer=MOBILE)
    assert str(caught.value.faults[0].allowed) == kept.days
    with pytest.raises(PermissionDeniedError):
        book(db, nankang, window("区电信分公司", made[0].first_day), viewer=MOBILE)
    with pytest.raises(PermissionDeniedError):
        keep_windows(db, nankang, "金赣小区", fixed=FIXED, days_each=3, viewer=MOBILE)
    first = book(db, nankang, window("区移动分公司", kept.first_day, building="1栋"), viewer=MOBILE)
    assert first.estate == "金赣小区"
    listed = cut_overs(db, nankang, estate="金赣小区", viewer=MOBILE)
    document = listed.document()
    assert [one["kind"] for one in document["windows"]].count("预约") == 1
    assert {one["owner"] for one in document["not_booked"]} == set(TELECOMS) - {"区移动分公司"}
    assert document["conflicts"] == []
    # What was booked cannot be moved out from under the company.
    with pytest.raises(RefusedError, match="不在预留"):
        keep_windows(db, nankang, "金赣小区", fixed=date(2024, 8, 30), days_each=3, viewer=LEAD)
    cancel(db, nankang, "金赣小区", "区移动分公司", building="1栋", viewer=MOBILE)
    with pytest.raises(NotFoundError):
        cancel(db, nankang, "金赣小区", "区移动分公司", building="1栋", viewer=MOBILE)
    keep_windows(db, nankang, "金赣小区", fixed=date(2024, 8, 30), days_each=3, viewer=LEAD)
    assert {one.fixed_day for one in cut_overs(db, nankang).windows} == {date(2024, 8, 30)}


@pytest.mark.requirement("R6.08")
def test_two_companies_never_cut_over_one_building_on_one_day(db: Database, nankang: District):
    day = date(2024, 9, 26)
    keep_windows(db, nankang, "金赣小区", fixed=date(2024, 9, 27), days_each=2, owners=["甲"])
    with pytest.raises(RefusedError, match="已有别家割接"):
        keep_windows(db, nankang, "金赣小区", fixed=date(2024, 9, 27), days_each=2, owners=["乙"])
    # Windows that overlap because somebody wrote past the services are listed, and bookings in them refused.
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cut_over_window (district_id, estate_id, owner, kind, first_day, last_day, fixed_day) "
            "SELECT district_id, estate_id, '乙', kind, first_day, last_day, fixed_day FROM cut_over_window"
        )
    assert len(cut_overs(db, nankang).conflicts) == 1
    book(db, nankang, window("甲", day, building="1栋"))
    with pytest.raises(RefusedError) as caught:
        book(db, nankang, window("乙", day))  # the whole estate: 1栋 among it
    assert caught.value.faults[0].column == "甲"
    book(db, nankang, window("乙", day, building="2栋"))
    with pytest.raises(RefusedError):
        book(db, nankang, replace(window("乙", day), building="1栋"))
    with pytest.raises(UsageError):
        book(db, nankang, window("甲", day, date(2024, 9, 25)))
    with pytest.raises(InfeasibleError):
        counted_back(TELECOMS, FIXED, 3, not_before=date(2024, 9, 25))


def test_the_database_lets_a_company_book_and_not_keep(db: Database, nankang: District):
    keep_windows(db, nankang, "金赣小区", fixed=FIXED, days_each=1)
    insert = (
        "INSERT INTO cut_over_window (district_id, estate_id, owner, kind, first_day, last_day, fixed_day) "
        "SELECT 'nankang', id, %s, %s, '2024-09-02', '2024-09-02', %s FROM estate LIMIT 1"
    )
    for owner, kind, fixed in (("区电信分公司", "预约", None), ("区移动分公司", "预留", "2024-09-03")):
        with (
            pytest.raises(psycopg2.errors.InsufficientPrivilege),
            db.seen_by(MOBILE).transaction() as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(insert, (owner, kind, fixed))
    with db.seen_by(MOBILE).transaction() as connection, connection.cursor() as cursor:
        cursor.execute(insert, ("区移动分公司", "预约", None))
        cursor.execute("SELECT count(*) AS seen FROM cut_over_window")
        assert cursor.fetchone().seen == 5
    with pytest.raises(PermissionDeniedError):
        cut_overs(db, nankang, viewer=Viewer("public"))
    with db.seen_by(Viewer("public")).transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) AS seen FROM cut_over_window")
        assert cursor.fetchone().seen == 0
