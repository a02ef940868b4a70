-- name: network_upload_lock(district_id)!
-- Uploads of a district come one after the other: versions count up, and what is replaced is settled.
SELECT pg_advisory_xact_lock(hashtext('network_upload'), hashtext(:district_id));

-- name: network_upload_insert(district_id, owner, utility, file_name, file_sha256, file_layer, declared_crs, headings, rows_read, rows_accepted, rejected, illustrative)^
INSERT INTO network_upload (
    district_id, owner, utility, version, file_name, file_sha256, file_layer, declared_crs, headings, rows_read,
    rows_accepted, rejected, illustrative
)
SELECT
    :district_id, :owner, :utility,
    1 + COALESCE((SELECT max(version) FROM network_upload WHERE district_id = :district_id AND owner = :owner), 0),
    :file_name, :file_sha256, :file_layer, :declared_crs, CAST(:headings AS jsonb), :rows_read, :rows_accepted,
    CAST(:rejected AS jsonb), :illustrative
RETURNING id, version;

-- name: network_replace(district_id, owner, utility, upload_id)!
-- The owner's current lines give way to an upload; without a utility all of them.
UPDATE pipe_segment
SET replaced_by = :upload_id
WHERE district_id = :district_id
    AND owner = :owner
    AND replaced_by IS NULL
    AND (CAST(:utility AS text) IS NULL OR utility = :utility);

-- name: network_headings(district_id, owner)$
-- How the columns of the owner's last file were read.
SELECT headings
FROM network_upload
WHERE district_id = :district_id AND owner = :owner
ORDER BY version DESC
LIMIT 1;

-- name: network_uploads(district_id, owner)
SELECT
    network_upload.owner,
    network_upload.version,
    network_upload.utility,
    network_upload.file_name,
    network_upload.rows_read,
    network_upload.rows_accepted,
    network_upload.uploaded_at,
    network_upload.uploaded_by,
    (SELECT count(*) FROM pipe_segment WHERE pipe_segment.upload_id = network_upload.id) AS segments,
    (
        SELECT count(*)
        FROM pipe_segment
        WHERE pipe_segment.upload_id = network_upload.id AND pipe_segment.replaced_by IS NULL
    ) AS current_segments
FROM network_upload
WHERE district_id = :district_id AND (CAST(:owner AS text) IS NULL OR owner = :owner)
ORDER BY network_upload.owner, network_upload.version;

-- name: filing_insert(district_id, estate_id, owner, state, happened_on, document, note, illustrative)!
INSERT INTO filing_event (district_id, estate_id, owner, state, version, happened_on, document, note, illustrative)
SELECT
    :district_id, :estate_id, :owner, :state,
    GREATEST(1, count(*) FILTER (WHERE state = '已报') + CASE WHEN :state = '已报' THEN 1 ELSE 0 END),
    :happened_on, :document, :note, :illustrative
FROM filing_event
WHERE district_id = :district_id AND estate_id = :estate_id AND owner = :owner;

-- name: filing_states(district_id)
-- The last event of each cell of the matrix.
SELECT DISTINCT ON (filing_event.estate_id, filing_event.owner)
    estate.code AS estate_code,
    filing_event.owner,
    filing_event.state,
    filing_event.version,
    filing_event.happened_on,
    filing_event.note
FROM filing_event
JOIN estate ON estate.id = filing_event.estate_id
WHERE filing_event.district_id = :district_id
ORDER BY filing_event.estate_id, filing_event.owner, filing_event.id DESC;

-- name: filing_estates(district_id)
SELECT id, code, name FROM estate WHERE district_id = :district_id ORDER BY seq NULLS LAST, code;
