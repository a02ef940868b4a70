-- name: sketch_estates(district_id)
-- Estates a sketch lays out: those of the plan, and any other without a real outline. A real outline is never drawn
-- over; its estate keeps its place in the layout so that its neighbours stay where they were drawn.
SELECT
    estate.id,
    estate.code,
    estate.seq,
    estate.name,
    COALESCE(subdistrict.name, '') AS subdistrict,
    COALESCE(community.name, '') AS community,
    estate.households,
    estate.buildings,
    estate.floor_area_10k_m2,
    planned.code AS project,
    estate.geom IS NOT NULL AND NOT estate.illustrative AS has_boundary
FROM estate
LEFT JOIN subdistrict ON subdistrict.id = estate.subdistrict_id
LEFT JOIN community ON community.id = estate.community_id
LEFT JOIN LATERAL (
    SELECT project.code
    FROM project_estate
    JOIN project ON project.id = project_estate.project_id
    WHERE project_estate.estate_id = estate.id
    ORDER BY project.plan_year DESC, project.code
    LIMIT 1
) AS planned ON true
WHERE estate.district_id = :district_id
  AND (estate.seq IS NOT NULL OR estate.geom IS NULL OR estate.illustrative)
ORDER BY estate.code;

-- name: sketch_estate_set(district_id, code, shape, batch_id)!
UPDATE estate
SET geom = ST_SetSRID(ST_GeomFromWKB(CAST(:shape AS bytea)), srid), illustrative = true, geom_batch_id = :batch_id
WHERE district_id = :district_id AND code = :code AND (geom IS NULL OR illustrative);

-- name: sketch_estate_clear(district_id, codes)!
UPDATE estate
SET geom = NULL, illustrative = false, geom_batch_id = NULL
WHERE district_id = :district_id AND code = ANY (:codes) AND illustrative;

-- name: sketch_delete_building(district_id, codes)!
DELETE FROM building WHERE district_id = :district_id AND code = ANY (:codes) AND illustrative;

-- name: sketch_delete_road(district_id, codes)!
DELETE FROM road WHERE district_id = :district_id AND code = ANY (:codes) AND illustrative;

-- name: sketch_delete_barrier(district_id, codes)!
DELETE FROM barrier WHERE district_id = :district_id AND code = ANY (:codes) AND illustrative;

-- name: sketch_delete_entrance(district_id, codes)!
DELETE FROM entrance WHERE district_id = :district_id AND code = ANY (:codes) AND illustrative;

-- name: sketch_delete_obstacle(district_id, codes)!
DELETE FROM obstacle WHERE district_id = :district_id AND code = ANY (:codes) AND illustrative;

-- name: sketch_delete_connection_point(district_id, codes)!
DELETE FROM connection_point WHERE district_id = :district_id AND code = ANY (:codes) AND illustrative;
