-- name: register_lock(district_id)$
-- One import of a district at a time; no right to the row of the district is needed.
SELECT pg_advisory_xact_lock(7041991, hashtext(:district_id));

-- name: register_estates(district_id)
-- All estates of a district, those of the plan first and in its order, with their project of the latest plan year.
SELECT
    estate.id,
    estate.code,
    estate.seq,
    estate.name,
    subdistrict.name AS subdistrict,
    community.name AS community,
    estate.households,
    estate.buildings,
    estate.floor_area_10k_m2,
    estate.year_built,
    estate.ownership,
    estate.kind,
    planned.code AS project_code,
    planned.name AS project,
    planned.source AS project_source,
    estate.geom IS NOT NULL AND NOT estate.illustrative AS has_boundary
FROM estate
LEFT JOIN community ON community.id = estate.community_id
LEFT JOIN subdistrict ON subdistrict.id = estate.subdistrict_id
LEFT JOIN LATERAL (
    SELECT project.code, project.name, project_estate.source
    FROM project_estate
    JOIN project ON project.id = project_estate.project_id
    WHERE project_estate.estate_id = estate.id
    ORDER BY project.plan_year DESC, project.code
    LIMIT 1
) AS planned ON true
WHERE estate.district_id = :district_id
ORDER BY estate.seq NULLS LAST, estate.code;

-- name: register_batch_latest(district_id)^
SELECT id, file_name, file_sha256, imported_at
FROM import_batch
WHERE district_id = :district_id AND kind = 'register'
ORDER BY id DESC
LIMIT 1;

-- name: subdistrict_ensure(district_id, name)$
INSERT INTO subdistrict (district_id, name)
VALUES (:district_id, :name)
ON CONFLICT (district_id, name) DO UPDATE SET name = excluded.name
RETURNING id;

-- name: community_ensure(district_id, subdistrict_id, name)$
INSERT INTO community (district_id, subdistrict_id, name)
VALUES (:district_id, :subdistrict_id, :name)
ON CONFLICT (subdistrict_id, name) DO UPDATE SET name = excluded.name
RETURNING id;

-- name: project_list(district_id)
SELECT id, code, name, plan_year
FROM project
WHERE district_id = :district_id
ORDER BY code;

-- name: project_insert(district_id, code, name, plan_year, batch_id)$
INSERT INTO project (district_id, code, name, plan_year, batch_id)
VALUES (:district_id, :code, :name, :plan_year, :batch_id)
RETURNING id;

-- name: estate_insert_from_register(district_id, code, seq, name, subdistrict_id, community_id, households, buildings, floor_area_10k_m2, year_built, ownership, kind, batch_id)$
INSERT INTO estate (
    district_id, srid, code, seq, name, subdistrict_id, community_id,
    households, buildings, floor_area_10k_m2, year_built, ownership, kind, batch_id
)
SELECT
    district.id, district.srid, :code, :seq, :name, :subdistrict_id, :community_id,
    :households, :buildings, :floor_area_10k_m2, :year_built, :ownership, COALESCE(:kind, '小区'),
    :batch_id
FROM district
WHERE district.id = :district_id
RETURNING id;

-- name: estate_update_from_register(estate_id, seq, name, subdistrict_id, community_id, households, buildings, floor_area_10k_m2, year_built, ownership, kind, batch_id)!
-- A file that says nothing about age, ownership or kind does not erase what a survey found.
UPDATE estate
SET
    seq = :seq,
    name = :name,
    subdistrict_id = :subdistrict_id,
    community_id = :community_id,
    households = :households,
    buildings = :buildings,
    floor_area_10k_m2 = :floor_area_10k_m2,
    year_built = COALESCE(:year_built, year_built),
    ownership = COALESCE(:ownership, ownership),
    kind = COALESCE(:kind, kind),
    batch_id = :batch_id
WHERE id = :estate_id;

-- name: estate_leave_plan(estate_id)!
-- The estate stays in the register with its history; it only has no number and no project any more.
UPDATE estate SET seq = NULL WHERE id = :estate_id;

-- name: project_estate_clear(estate_id)!
DELETE FROM project_estate WHERE estate_id = :estate_id;

-- name: project_estate_insert(project_id, estate_id, source)!
INSERT INTO project_estate (project_id, estate_id, source)
VALUES (:project_id, :estate_id, :source);

-- name: demonstration_area_ensure(district_id, name, quote, note)$
INSERT INTO demonstration_area (district_id, name, quote, note)
VALUES (:district_id, :name, :quote, :note)
ON CONFLICT (district_id, name) DO UPDATE SET quote = excluded.quote, note = excluded.note
RETURNING id;

-- name: demonstration_area_estate_add(demonstration_area_id, estate_id)!
INSERT INTO demonstration_area_estate (demonstration_area_id, estate_id)
VALUES (:demonstration_area_id, :estate_id)
ON CONFLICT DO NOTHING;

-- name: places_tidy(district_id)!
-- Communities, then sub-districts, no estate stands in any more.
WITH gone AS (
    DELETE FROM community
    WHERE district_id = :district_id
        AND NOT EXISTS (SELECT 1 FROM estate WHERE estate.community_id = community.id)
    RETURNING id
)
DELETE FROM subdistrict
WHERE district_id = :district_id
    AND NOT EXISTS (SELECT 1 FROM estate WHERE estate.subdistrict_id = subdistrict.id)
    AND NOT EXISTS (
        SELECT 1
        FROM community
        WHERE community.subdistrict_id = subdistrict.id AND community.id NOT IN (SELECT gone.id FROM gone)
    );
