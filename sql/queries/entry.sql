-- name: entry_projects(district_id, as_of)
-- Projects with an estate that the account sees, the stage each had reached on a day.
SELECT
    project.code, project.name, project.plan_year, reached.stage_no, reached.stage_name, reached.happened_on,
    count(estate.id) AS estates
FROM project
JOIN project_estate ON project_estate.project_id = project.id
JOIN estate ON estate.id = project_estate.estate_id
LEFT JOIN LATERAL (
    SELECT stage_no, stage_name, happened_on
    FROM stage_event
    WHERE stage_event.project_id = project.id AND happened_on <= :as_of
    ORDER BY happened_on DESC, stage_event.id DESC
    LIMIT 1
) AS reached ON true
WHERE project.district_id = :district_id
GROUP BY project.id, project.code, project.name, project.plan_year, reached.stage_no, reached.stage_name,
    reached.happened_on
ORDER BY project.plan_year DESC, project.code;

-- name: entry_estates(district_id)
-- Estates that the account sees, with what is still to be filled in.
SELECT
    estate.id, estate.code, estate.name, estate.year_built, estate.ownership, estate.households,
    subdistrict.name AS subdistrict, community.name AS community,
    EXISTS (
        SELECT 1 FROM estate_figure AS figure WHERE figure.estate_id = estate.id AND figure.kind = '同意户数'
    ) AS has_willing,
    EXISTS (
        SELECT 1 FROM estate_figure AS figure WHERE figure.estate_id = estate.id AND figure.kind = '需求票数'
    ) AS has_votes,
    (
        SELECT count(*) FROM estate_photo AS photo WHERE photo.estate_id = estate.id AND photo.demolition_id IS NULL
    ) AS photos
FROM estate
LEFT JOIN subdistrict ON subdistrict.id = estate.subdistrict_id
LEFT JOIN community ON community.id = estate.community_id
WHERE estate.district_id = :district_id
ORDER BY estate.seq NULLS LAST, estate.code;

-- name: entry_estates_of_project(project_id)
-- Estates of a project that the account sees.
SELECT estate.code, estate.name
FROM project_estate
JOIN estate ON estate.id = project_estate.estate_id
WHERE project_estate.project_id = :project_id
ORDER BY estate.seq NULLS LAST, estate.code;

-- name: entry_figures_latest(estate_id)
-- The last word on every figure of an estate.
SELECT DISTINCT ON (kind, item) kind, item, amount, happened_on
FROM estate_figure
WHERE estate_id = :estate_id
ORDER BY kind, item, happened_on DESC, id DESC;

-- name: entry_figures(estate_id)
-- Everything recorded of an estate's figures, who recorded it and when, latest first.
SELECT kind, item, amount, happened_on, source, recorded_at, recorded_by, illustrative
FROM estate_figure
WHERE estate_id = :estate_id
ORDER BY recorded_at DESC, id DESC;

-- name: estate_register_changes(estate_id)
SELECT changed_at, changed_by, year_built, ownership FROM estate_register_changes(:estate_id);

-- name: estate_survey_hold(estate_id)^
-- The register fields a person fills in, held until they are written.
SELECT year_built, ownership FROM estate WHERE id = :estate_id FOR UPDATE;

-- name: estate_survey_set(estate_id, year_built, ownership, batch_id)!
UPDATE estate
SET year_built = :year_built, ownership = :ownership, survey_batch_id = :batch_id
WHERE id = :estate_id;

-- name: demolition_of_district(district_id, code)^
SELECT demolition.id, demolition.estate_id, demolition.kind
FROM demolition
JOIN estate ON estate.id = demolition.estate_id
WHERE demolition.district_id = :district_id AND demolition.code = :code;

-- name: demolition_photos(district_id, as_of, estates)
-- The latest picture of each phase of a demolition; :estates null for all.
SELECT DISTINCT ON (demolition.id, photo.phase)
    demolition.code, demolition.kind, estate.code AS estate_code, photo.phase, photo.caption, photo.happened_on,
    photo.taken_by, photo.jpeg, photo.illustrative
FROM estate_photo AS photo
JOIN demolition ON demolition.id = photo.demolition_id
JOIN estate ON estate.id = photo.estate_id
WHERE estate.district_id = :district_id
    AND photo.happened_on <= :as_of
    AND (CAST(:estates AS text[]) IS NULL OR estate.code = ANY (CAST(:estates AS text[])))
ORDER BY demolition.id, photo.phase, photo.happened_on DESC, photo.id DESC;

-- name: photos_of_estate(estate_id)
-- Every photo of an estate and of what is pulled down in it, without the pictures themselves.
SELECT
    photo.id, photo.phase, photo.caption, photo.happened_on, photo.taken_by, photo.recorded_by, photo.illustrative,
    demolition.code AS demolition
FROM estate_photo AS photo
LEFT JOIN demolition ON demolition.id = photo.demolition_id
WHERE photo.estate_id = :estate_id
ORDER BY demolition.code NULLS FIRST, photo.happened_on, photo.id;

-- name: photo_jpeg(photo_id, district_id)$
SELECT photo.jpeg
FROM estate_photo AS photo
JOIN estate ON estate.id = photo.estate_id
WHERE photo.id = :photo_id AND estate.district_id = :district_id;

-- name: stage_evidence_insert(stage_event_id, file_name, media_type, content, sha256)!
INSERT INTO stage_evidence (stage_event_id, file_name, media_type, content, sha256)
VALUES (:stage_event_id, :file_name, :media_type, :content, :sha256)
ON CONFLICT (stage_event_id, sha256) DO NOTHING;

-- name: stage_evidence_of_project(project_id)
-- Every stage a project has reached, with the files that prove it (none: one row without).
SELECT
    event.id, event.stage_no, event.stage_name, event.happened_on, event.evidence, event.recorded_at,
    event.recorded_by, event.illustrative, file.id AS file_id, file.file_name, file.media_type,
    octet_length(file.content) AS size_bytes
FROM stage_event AS event
LEFT JOIN stage_evidence AS file ON file.stage_event_id = event.id
WHERE event.project_id = :project_id
ORDER BY event.happened_on, event.id, file.id;

-- name: stage_evidence_file(file_id, district_id)^
SELECT file.file_name, file.media_type, file.content
FROM stage_evidence AS file
JOIN stage_event AS event ON event.id = file.stage_event_id
JOIN project ON project.id = event.project_id
WHERE file.id = :file_id AND project.district_id = :district_id;

-- name: filing_due_insert(district_id, project_id, due_on, set_on, document, illustrative)!
INSERT INTO filing_due (district_id, project_id, due_on, set_on, document, illustrative)
VALUES (:district_id, :project_id, :due_on, :set_on, :document, :illustrative);

-- name: filing_dues(district_id, as_of)
-- The last word up to a day on when plans of networks are due: of the district (no project) and of single projects.
SELECT DISTINCT ON (due.project_id)
    project.code AS project_code, due.due_on, due.set_on, due.document, due.recorded_by, due.illustrative
FROM filing_due AS due
LEFT JOIN project ON project.id = due.project_id
WHERE due.district_id = :district_id AND due.set_on <= :as_of
ORDER BY due.project_id, due.set_on DESC, due.id DESC;

-- name: demolition_shapes(district_id, as_of, removed_step)
-- Demolitions with a shape that are not done by a day.
SELECT told.code, told.kind, told.estate, told.geom
FROM (
    SELECT DISTINCT ON (demolition.id)
        demolition.code, demolition.kind, estate.name AS estate, ST_AsBinary(demolition.geom) AS geom, event.step
    FROM demolition
    JOIN estate ON estate.id = demolition.estate_id
    JOIN demolition_event AS event ON event.demolition_id = demolition.id AND event.happened_on <= :as_of
    WHERE demolition.district_id = :district_id AND demolition.geom IS NOT NULL
    ORDER BY demolition.id, event.happened_on DESC, event.id DESC
) AS told
WHERE told.step < :removed_step
ORDER BY told.code;
