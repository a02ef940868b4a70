-- name: batch_remember(batch_id, target, district_id, codes)$
SELECT batch_remember(:batch_id, :target, :district_id, CAST(:codes AS text[]));

-- name: batch_remember_columns(batch_id, target, ids, columns)$
SELECT batch_remember_columns(
    :batch_id, :target, CAST(:ids AS bigint[]), CAST(:columns AS text[])
);

-- name: batch_remember_projects(batch_id, estate_ids)!
-- Which projects estates stand in, before a ledger writes over it.
INSERT INTO import_undo (batch_id, table_name, code, before)
SELECT
    :batch_id,
    'project_estate',
    estate.code,
    jsonb_build_object(
        'estate_id', estate.id,
        'projects',
        COALESCE(
            jsonb_agg(jsonb_build_object('project_id', project_estate.project_id, 'source', project_estate.source))
                FILTER (WHERE project_estate.project_id IS NOT NULL),
            '[]'
        )
    )
FROM estate
LEFT JOIN project_estate ON project_estate.estate_id = estate.id
WHERE estate.id = ANY (CAST(:estate_ids AS bigint[]))
GROUP BY estate.id, estate.code
ON CONFLICT DO NOTHING;

-- name: batch_projects_clear(batch_id)!
DELETE FROM project_estate
USING import_undo
WHERE import_undo.batch_id = :batch_id
    AND import_undo.table_name = 'project_estate'
    AND project_estate.estate_id = CAST(import_undo.before ->> 'estate_id' AS bigint);

-- name: batch_projects_restore(batch_id)!
INSERT INTO project_estate (project_id, estate_id, source)
SELECT membership.project_id, CAST(import_undo.before ->> 'estate_id' AS bigint), membership.source
FROM import_undo
CROSS JOIN jsonb_to_recordset(import_undo.before -> 'projects') AS membership (project_id bigint, source text)
WHERE import_undo.batch_id = :batch_id AND import_undo.table_name = 'project_estate';

-- name: batch_new_projects_delete(batch_id)!
DELETE FROM project
WHERE batch_id = :batch_id
    AND NOT EXISTS (SELECT 1 FROM project_estate WHERE project_estate.project_id = project.id);

-- name: batch_baseline_later(batch_id)^
-- A plan frozen after the one of this batch, if any: it stands on it.
SELECT later.version, later.document_number
FROM plan_baseline AS own
JOIN plan_baseline AS later ON later.district_id = own.district_id AND later.version > own.version
WHERE own.batch_id = :batch_id
ORDER BY later.version
LIMIT 1;

-- name: batch_baseline_delete(batch_id)!
DELETE FROM plan_baseline WHERE batch_id = :batch_id;

-- name: batch_dependents(batch_id)
-- What was recorded since about estates and projects this batch brought: it would be lost with them.
SELECT what, records FROM batch_dependents(:batch_id);

-- name: batch_undo_table(batch_id, target)^
SELECT gone, restored FROM batch_undo_table(:batch_id, :target);

-- name: import_batch_get(district_id, batch_id)^
SELECT id, kind, file_name, imported_at, imported_by, undone_at
FROM import_batch
WHERE district_id = :district_id AND id = :batch_id;

-- name: import_batch_list(district_id)
SELECT id, kind, file_name, rows_read, rows_stored, imported_at, imported_by, undone_at
FROM import_batch
WHERE district_id = :district_id
ORDER BY id;

-- name: batch_built_upon(batch_id)
-- Later imports, not undone, that wrote over or removed rows of this one.
SELECT later.id, later.file_name, min(import_undo.code) AS code, count(*) AS rows
FROM import_undo
INNER JOIN import_batch AS later ON later.id = import_undo.batch_id
WHERE import_undo.batch_id <> :batch_id
    AND later.undone_at IS NULL
    AND (
        CAST(import_undo.before ->> 'batch_id' AS bigint) = :batch_id
        OR CAST(import_undo.before ->> 'geom_batch_id' AS bigint) = :batch_id
        OR CAST(import_undo.before ->> 'survey_batch_id' AS bigint) = :batch_id
    )
GROUP BY later.id, later.file_name
ORDER BY later.id;

-- name: import_batch_mark_undone(batch_id)!
UPDATE import_batch
SET undone_at = now(), undone_by = COALESCE(NULLIF(current_setting('gisplanner.actor', true), ''), current_user)
WHERE id = :batch_id;

-- name: import_undo_forget(batch_id)!
DELETE FROM import_undo WHERE batch_id = :batch_id;

-- name: illustrative_codes_of(estate_ids)
SELECT 'building' AS target, code FROM building WHERE estate_id = ANY (:estate_ids) AND illustrative
UNION ALL
SELECT 'entrance', code FROM entrance WHERE estate_id = ANY (:estate_ids) AND illustrative
UNION ALL
SELECT 'obstacle', code FROM obstacle WHERE estate_id = ANY (:estate_ids) AND illustrative
UNION ALL
SELECT 'public_room', code FROM public_room WHERE estate_id = ANY (:estate_ids) AND illustrative;
