-- name: import_batch_insert(district_id, kind, file_name, file_sha256, file_layer, declared_crs, credit, rows_read, rows_stored, report)$
INSERT INTO import_batch (
    district_id, kind, file_name, file_sha256, file_layer, declared_crs, credit, rows_read, rows_stored, report
)
VALUES (
    :district_id, :kind, :file_name, :file_sha256, :file_layer, :declared_crs, :credit,
    :rows_read, :rows_stored, CAST(:report AS jsonb)
)
RETURNING id;

-- name: building_delete_illustrative(district_id)!
DELETE FROM building WHERE district_id = :district_id AND illustrative;

-- name: road_delete_illustrative(district_id)!
DELETE FROM road WHERE district_id = :district_id AND illustrative;

-- name: barrier_delete_illustrative(district_id)!
DELETE FROM barrier WHERE district_id = :district_id AND illustrative;

-- name: entrance_delete_illustrative(district_id)!
DELETE FROM entrance WHERE district_id = :district_id AND illustrative;

-- name: obstacle_delete_illustrative(district_id)!
DELETE FROM obstacle WHERE district_id = :district_id AND illustrative;

-- name: connection_point_delete_illustrative(district_id)!
DELETE FROM connection_point WHERE district_id = :district_id AND illustrative;

-- name: exclusion_area_delete_illustrative(district_id)!
DELETE FROM exclusion_area WHERE district_id = :district_id AND illustrative;
