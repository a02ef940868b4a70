-- name: job_insert(id, process, account, role, scope, inputs, response)!
INSERT INTO job (id, process, account, role, scope, inputs, response)
VALUES (:id, :process, :account, :role, CAST(:scope AS jsonb), CAST(:inputs AS jsonb), :response);

-- name: job_open_lock(account)$
-- Jobs of one account are counted one after the other, so that many at once do not slip under the limit together.
SELECT pg_advisory_xact_lock(7041994, hashtext(:account));

-- name: job_open_count(account)^
SELECT
    count(*) FILTER (WHERE status IN ('accepted', 'running')) AS open,
    count(*) FILTER (WHERE created_at > now() - interval '1 hour') AS of_last_hour
FROM job
WHERE account = :account AND (status IN ('accepted', 'running') OR created_at > now() - interval '1 hour');

-- name: job_get(id)^
SELECT
    id, process, account, role, scope, inputs, response, status, attempt, progress, message, written_at, error,
    created_at, started_at, finished_at
FROM job
WHERE id = :id;

-- name: job_result(id)^
SELECT status, result, error FROM job WHERE id = :id;

-- name: job_list(processes, statuses, since, until, min_duration_s, max_duration_s, most, skipped)
-- A job that has not begun has no duration: it is left out as soon as one is asked for.
SELECT
    id, process, account, role, scope, inputs, response, status, attempt, progress, message, written_at, error,
    created_at, started_at, finished_at
FROM job
WHERE (CAST(:processes AS text[]) = '{}' OR process = ANY(CAST(:processes AS text[])))
  AND (CAST(:statuses AS text[]) = '{}' OR status = ANY(CAST(:statuses AS text[])))
  AND created_at BETWEEN COALESCE(CAST(:since AS timestamptz), '-infinity')
  AND COALESCE(CAST(:until AS timestamptz), 'infinity')
  AND (
      CAST(:min_duration_s AS float8) IS NULL
      OR extract(EPOCH FROM COALESCE(finished_at, now()) - started_at) >= CAST(:min_duration_s AS float8)
  )
  AND (
      CAST(:max_duration_s AS float8) IS NULL
      OR extract(EPOCH FROM COALESCE(finished_at, now()) - started_at) <= CAST(:max_duration_s AS float8)
  )
ORDER BY created_at DESC, id
LIMIT :most OFFSET :skipped;

-- name: job_alive_lock(id)$
-- Held by the process that runs a job as long as it lives: no clock decides whether it is dead.
SELECT pg_try_advisory_lock(7041993, hashtext(CAST(:id AS text)));

-- name: job_begin(id, worker)^
-- A job is begun once; what was written by an earlier attempt is not written again.
UPDATE job
SET status = 'running', attempt = attempt + 1, worker = :worker, started_at = clock_timestamp(),
    alive_at = clock_timestamp(), progress = 0, message = NULL
WHERE id = :id AND status = 'accepted' AND written_at IS NULL
RETURNING attempt;

-- name: job_progress(id, attempt, progress, message)!
UPDATE job
SET progress = :progress, message = :message, alive_at = clock_timestamp()
WHERE id = :id AND attempt = :attempt AND status = 'running';

-- name: transaction_writes()$
SELECT pg_current_xact_id_if_assigned() IS NOT NULL;

-- name: job_written(id, attempt)$
-- In the same transaction as what the job writes: either both stand or neither, and only for the attempt that counts.
WITH program AS (SELECT set_config('role', 'none', true))
SELECT job_mark_written(CAST(:id AS uuid), :attempt) FROM program;

-- name: job_succeed(id, attempt, result)!
UPDATE job
SET status = 'successful', result = CAST(:result AS jsonb), progress = 100, message = NULL,
    finished_at = clock_timestamp()
WHERE id = :id AND attempt = :attempt AND status = 'running';

-- name: job_fail(id, attempt, error)!
UPDATE job
SET status = 'failed', error = CAST(:error AS jsonb), finished_at = clock_timestamp()
WHERE id = :id AND attempt = :attempt AND status = 'running';

-- name: job_dismiss(id)!
UPDATE job
SET status = 'dismissed', finished_at = clock_timestamp()
WHERE id = :id AND status IN ('accepted', 'running') AND written_at IS NULL;

-- name: job_orphans()
-- Jobs that say they run but whose process is gone, whatever ended it.
SELECT id, attempt, written_at IS NOT NULL AS written
FROM job
WHERE status = 'running' AND NOT EXISTS (
    SELECT 1
    FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 7041993 AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND objid = CAST(hashtext(CAST(job.id AS text)) AS bigint) & 4294967295
);

-- name: job_give_back(id, attempt)!
UPDATE job
SET status = 'accepted', message = NULL, progress = 0
WHERE id = :id AND attempt = :attempt AND status = 'running' AND written_at IS NULL;

-- name: job_waiting(seconds)
-- Jobs that have waited for a while: whether they still stand in the queue is checked by putting them there again.
SELECT id FROM job WHERE status = 'accepted' AND created_at < clock_timestamp() - make_interval(secs => :seconds);

-- name: job_longest_wait()$
SELECT round(extract(epoch FROM clock_timestamp() - min(created_at)), 1) FROM job WHERE status = 'accepted';

-- name: job_counts()
SELECT status, count(*) AS jobs FROM job GROUP BY status;

-- name: jobs_forget(days)!
DELETE FROM job WHERE finished_at < now() - make_interval(days => :days);

-- name: queue_version()$
-- Version of the queue library whose tables stand in the schema of the queue.
SELECT obj_description(to_regnamespace('gisplanner_queue'), 'pg_namespace');

-- name: queue_lock()$
SELECT pg_advisory_xact_lock(7041995);

-- name: queue_reset()!
-- What the queue holds can be made again from the table of jobs.
DROP SCHEMA IF EXISTS gisplanner_queue CASCADE;

-- name: queue_create()!
CREATE SCHEMA gisplanner_queue;

-- name: queue_path()$
SELECT set_config('search_path', 'gisplanner_queue', true);

-- name: queue_note_version(version)$
SELECT job_queue_note(:version);

-- name: upload_insert(id, account, file_name, size_bytes, sha256)!
INSERT INTO uploaded_file (id, account, file_name, size_bytes, sha256)
VALUES (:id, :account, :file_name, :size_bytes, :sha256);

-- name: upload_get(id)^
SELECT id, account, file_name, size_bytes, sha256, received_at FROM uploaded_file WHERE id = :id;

-- name: uploads_lock(account)$
-- Files of one account are counted one after the other, so that many at once do not slip under the limit together.
SELECT pg_advisory_xact_lock(7041995, hashtext(:account));

-- name: uploads_of_account(account)^
SELECT count(*) AS files, COALESCE(sum(size_bytes), 0) AS bytes FROM uploaded_file WHERE account = :account;

-- name: uploads_forget(hours)
DELETE FROM uploaded_file WHERE received_at < now() - make_interval(hours => :hours) RETURNING id;
