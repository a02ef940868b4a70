-- name: batch_remember(batch_id, target, district_id, codes)$
SELECT batch_remember(:batch_id, :target, :district_id, CAST(:codes AS text[]));

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
SELECT 'obstacle', code FROM obstacle WHERE estate_id = ANY (:estate_ids) AND illustrative;
