"""The drill: back up a server at work, restore it elsewhere, and go on with everything."""

from __future__ import annotations

from pathlib import Path

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.services.accounts import add_account
from gisplanner.services.jobs.execution import run_job
from gisplanner.services.jobs.records import get_job, job_result
from gisplanner.services.jobs.submit import submit_job
from gisplanner.services.jobs.upkeep import requeue, settle_orphans
from gisplanner.services.sessions import log_in, set_password
from gisplanner.store.backup import restore_backup, write_backup
from gisplanner.store.database import Database
from gisplanner.store.installation import find_client_tools
from gisplanner.store.migrations import migrate
from gisplanner.store.queries import queries
from tests.asking import viewer_of, viewer_of_session
from tests.conftest import fresh_database

PASSWORD = "一把很长的钥匙-2024"


def test_everything_is_there_after_a_restore(
    db: Database, nankang: District, template: tuple[str, str], tmp_path: Path
):
    planner = Viewer("王工", "planner")
    token = add_account(db, "王工", "planner").token
    set_password(db, "王工", PASSWORD)
    session = log_in(db, "王工", PASSWORD, address="127.0.0.1").token
    with db.seen_by(planner).transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET households = households + 1 WHERE seq = 1")
    done = submit_job(db, planner, "conflicts", {"district": nankang.id})
    assert run_job(db.dsn, done.id, uploads=tmp_path, worker="before")
    waiting = submit_job(db, planner, "conflicts", {"district": nankang.id})
    broken_off = submit_job(db, planner, "conflicts", {"district": nankang.id})
    with db.transaction() as connection:
        queries().job_begin(connection, id=str(broken_off.id), worker="before")
    file, tools = tmp_path / "drill.dump", find_client_tools()
    write_backup(db.dsn, file, tools)

    with fresh_database(*template, actor="drill") as restored:
        restore_backup(restored.dsn, file, tools)
        migrate(restored, reapply=True)
        assert viewer_of(restored, token) == planner
        assert viewer_of_session(restored, session) == planner
        assert log_in(restored, "王工", PASSWORD, address="127.0.0.1").viewer == planner
        with restored.transaction() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT changed_by, table_name FROM history")
            assert tuple(cursor.fetchone()) == ("王工", "estate")
        assert job_result(restored, planner, done.id) == job_result(db, planner, done.id)
        # The queue is not in the backup: a worker that starts puts everything open into a new one.
        requeue(restored, settle_orphans(restored))
        assert run_job(restored.dsn, waiting.id, uploads=tmp_path, worker="after")
        assert run_job(restored.dsn, broken_off.id, uploads=tmp_path, worker="after")
        for one in (waiting, broken_off):
            assert get_job(restored, planner, one.id).status == "successful"
        with restored.seen_by(Viewer("public")).transaction() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pipe_segment")
            assert cursor.fetchone()[0] == 0
