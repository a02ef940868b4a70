-- name: session_begin(search_path, actor)!
SELECT set_config('search_path', :search_path, false), set_config('gisplanner.actor', :actor, false);

-- name: session_reads_only(longest)!
-- Plans are kept only of statements whose best plan does not depend on their parameters.
SELECT
    set_config('default_transaction_read_only', 'on', false),
    set_config('statement_timeout', :longest, false),
    set_config('plan_cache_mode', 'force_generic_plan', false);

-- name: schema_lock()!
-- Two programs may open an empty database at once; the lock ends with the session, whatever ends it.
SELECT pg_advisory_lock(7041990);

-- name: schema_create()!
CREATE SCHEMA IF NOT EXISTS gisplanner;

-- name: schema_is_there()$
SELECT to_regclass('gisplanner.installed_sql') IS NOT NULL;

-- name: schema_is_filled()$
-- Whether any table of ours, bookkeeping aside, holds a row.
SELECT COALESCE(bool_or(
    (xpath(
        '//filled/text()',
        query_to_xml(
            'SELECT EXISTS (SELECT 1 FROM gisplanner.' || quote_ident(tablename) || ') AS filled', false, true, ''
        )
    ))[1]::text = 'true'
), false)
FROM pg_tables
WHERE schemaname = 'gisplanner' AND tablename <> 'installed_sql' AND tablename !~ '^_?yoyo';

-- name: postgis_schema()$
SELECT pg_namespace.nspname
FROM pg_extension
JOIN pg_namespace ON pg_namespace.oid = pg_extension.extnamespace
WHERE pg_extension.extname = 'postgis';

-- name: postgis_create()!
CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;

-- name: installed_sql()
SELECT file, sha256 FROM gisplanner.installed_sql;

-- name: installed_sql_clear()!
DELETE FROM gisplanner.installed_sql;

-- name: installed_sql_add(file, sha256)!
INSERT INTO gisplanner.installed_sql (file, sha256) VALUES (:file, :sha256);

-- name: views_drop()!
-- A view whose columns changed cannot be replaced in place.
DO $$
DECLARE
    found record;
BEGIN
    DROP SCHEMA IF EXISTS gisplanner_public CASCADE;
    FOR found IN SELECT viewname FROM pg_views WHERE schemaname = 'gisplanner' LOOP
        EXECUTE 'DROP VIEW IF EXISTS gisplanner.' || quote_ident(found.viewname) || ' CASCADE';
    END LOOP;
END
$$;

-- name: lock_timeout()!
-- Another program may be in the middle of a long transaction; better one sentence than a command that hangs.
SET lock_timeout = '30s';

-- name: server_facts()^
SELECT
    current_database() AS database,
    current_user AS role,
    current_setting('server_version') AS server_version,
    (SELECT extversion FROM pg_extension WHERE extname = 'postgis') AS postgis_version,
    pg_database_size(current_database()) AS size_bytes,
    (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())
        AS other_connections;
