-- name: project_find(district_id, project)
-- By code or exact name; a name may recur in another plan year.
SELECT id, code, name
FROM project
WHERE district_id = :district_id AND (code = :project OR name = :project)
ORDER BY plan_year DESC;

-- name: project_lock(project_id)$
-- Two records at once wait for each other, whoever makes them.
SELECT pg_advisory_xact_lock(hashtextextended('project', :project_id)) IS NULL AS waited;

-- name: project_fact_insert(project_id, kind, name, done, happened_on, evidence, illustrative)!
INSERT INTO project_fact (project_id, kind, name, done, happened_on, evidence, illustrative)
VALUES (:project_id, :kind, :name, :done, :happened_on, :evidence, :illustrative);

-- name: project_facts(project_id, as_of)
-- Per kind and name the last word up to a day.
SELECT DISTINCT ON (kind, name) kind, name, done, happened_on, evidence, illustrative
FROM project_fact
WHERE project_id = :project_id AND happened_on <= :as_of
ORDER BY kind, name, happened_on DESC, id DESC;

-- name: project_facts_of_district(district_id, as_of)
-- The last word on everything, by project.
SELECT DISTINCT ON (project.code, fact.kind, fact.name)
    project.code, fact.kind, fact.name, fact.done, fact.happened_on, fact.evidence, fact.illustrative
FROM project_fact AS fact
JOIN project ON project.id = fact.project_id
WHERE project.district_id = :district_id AND fact.happened_on <= :as_of
ORDER BY project.code, fact.kind, fact.name, fact.happened_on DESC, fact.id DESC;

-- name: notice_counting(district_id)$
SELECT notice_counts_start_day FROM district WHERE id = :district_id;

-- name: notice_counting_set(district_id, counted)!
UPDATE district SET notice_counts_start_day = :counted WHERE id = :district_id;

-- name: stage_event_latest(project_id)^
SELECT stage_no, stage_name, happened_on
FROM stage_event
WHERE project_id = :project_id
ORDER BY happened_on DESC, id DESC
LIMIT 1;

-- name: stage_event_insert(project_id, stage_no, stage_name, happened_on, evidence, illustrative)$
INSERT INTO stage_event (project_id, stage_no, stage_name, happened_on, evidence, illustrative)
VALUES (:project_id, :stage_no, :stage_name, :happened_on, :evidence, :illustrative)
RETURNING id;

-- name: baseline_latest(district_id)^
SELECT id, version, document_number, document_title
FROM plan_baseline
WHERE district_id = :district_id
ORDER BY version DESC
LIMIT 1;

-- name: estate_progress_of_baseline(baseline_id, district_id, as_of)
-- The frozen plan with the stage its projects had reached.
SELECT
    planned.estate_code,
    planned.name,
    planned.subdistrict,
    planned.community,
    planned.project_code,
    planned.project_name AS project,
    planned.households,
    planned.buildings,
    planned.floor_area_10k_m2,
    reached.stage_no,
    reached.stage_name,
    reached.happened_on AS since,
    COALESCE(reached.illustrative, false) AS illustrative
FROM plan_baseline_row AS planned
LEFT JOIN project
    ON project.district_id = :district_id AND project.code = planned.project_code
LEFT JOIN LATERAL (
    SELECT stage_no, stage_name, happened_on, illustrative
    FROM stage_event
    WHERE stage_event.project_id = project.id AND happened_on <= :as_of
    ORDER BY happened_on DESC, stage_event.id DESC
    LIMIT 1
) AS reached ON true
WHERE planned.baseline_id = :baseline_id
ORDER BY planned.seq, planned.estate_code;

-- name: estate_progress_of_register(district_id)
-- A district without an issued plan: its estates, none of which has a project.
SELECT
    estate.code AS estate_code,
    estate.name,
    subdistrict.name AS subdistrict,
    community.name AS community,
    NULL::text AS project_code,
    NULL::text AS project,
    estate.households,
    estate.buildings,
    estate.floor_area_10k_m2,
    NULL::integer AS stage_no,
    NULL::text AS stage_name,
    NULL::date AS since,
    false AS illustrative
FROM estate
LEFT JOIN subdistrict ON subdistrict.id = estate.subdistrict_id
LEFT JOIN community ON community.id = estate.community_id
WHERE estate.district_id = :district_id
ORDER BY estate.seq NULLS LAST, estate.code;

-- name: project_days(district_id, as_of)
-- Every project with the days on which its stages were reached and the days recorded of it, up to a day.
SELECT
    project.id,
    project.code,
    project.name,
    project.plan_year,
    COALESCE(
        (
            SELECT jsonb_object_agg(stage_no::text, happened_on)
            FROM (
                SELECT stage_no, min(happened_on) AS happened_on
                FROM stage_event
                WHERE stage_event.project_id = project.id AND happened_on <= :as_of
                GROUP BY stage_no
            ) AS reached
        ),
        '{}'
    ) AS stages,
    COALESCE(
        (
            SELECT jsonb_object_agg(name, happened_on)
            FROM (
                SELECT DISTINCT ON (name) name, done, happened_on
                FROM project_fact
                WHERE project_fact.project_id = project.id AND kind = 'date' AND happened_on <= :as_of
                ORDER BY name, happened_on DESC, id DESC
            ) AS told
            WHERE done
        ),
        '{}'
    ) AS dates
FROM project
WHERE project.district_id = :district_id
ORDER BY project.plan_year, project.code;
