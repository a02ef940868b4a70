-- name: estate_origins(district_id)
-- Every estate: its row, whether it has an outline, and whether it came with an outline or from the register.
SELECT
    estate.id,
    estate.code,
    COALESCE(origin.kind <> 'estates', true) AS from_register,
    origin.file_name,
    origin.file_layer
FROM estate
LEFT JOIN import_batch AS origin ON origin.id = estate.batch_id
WHERE estate.district_id = :district_id
ORDER BY estate.code;

-- name: building_origins(district_id)
SELECT building.code, origin.file_name, origin.file_layer
FROM building
LEFT JOIN import_batch AS origin ON origin.id = building.batch_id
WHERE building.district_id = :district_id;

-- name: road_origins(district_id)
SELECT road.code, origin.file_name, origin.file_layer
FROM road
LEFT JOIN import_batch AS origin ON origin.id = road.batch_id
WHERE road.district_id = :district_id;

-- name: barrier_origins(district_id)
SELECT barrier.code, origin.file_name, origin.file_layer
FROM barrier
LEFT JOIN import_batch AS origin ON origin.id = barrier.batch_id
WHERE barrier.district_id = :district_id;

-- name: entrance_origins(district_id)
SELECT entrance.code, origin.file_name, origin.file_layer
FROM entrance
LEFT JOIN import_batch AS origin ON origin.id = entrance.batch_id
WHERE entrance.district_id = :district_id;

-- name: obstacle_origins(district_id)
SELECT obstacle.code, origin.file_name, origin.file_layer
FROM obstacle
LEFT JOIN import_batch AS origin ON origin.id = obstacle.batch_id
WHERE obstacle.district_id = :district_id;

-- name: connection_point_origins(district_id)
SELECT connection_point.code, origin.file_name, origin.file_layer
FROM connection_point
LEFT JOIN import_batch AS origin ON origin.id = connection_point.batch_id
WHERE connection_point.district_id = :district_id;

-- name: exclusion_area_origins(district_id)
SELECT exclusion_area.code, origin.file_name, origin.file_layer
FROM exclusion_area
LEFT JOIN import_batch AS origin ON origin.id = exclusion_area.batch_id
WHERE exclusion_area.district_id = :district_id;

-- name: red_line_origins(district_id)
SELECT red_line.code, origin.file_name, origin.file_layer
FROM red_line
LEFT JOIN import_batch AS origin ON origin.id = red_line.batch_id
WHERE red_line.district_id = :district_id;

-- name: municipal_facility_origins(district_id)
SELECT municipal_facility.code, origin.file_name, origin.file_layer
FROM municipal_facility
LEFT JOIN import_batch AS origin ON origin.id = municipal_facility.batch_id
WHERE municipal_facility.district_id = :district_id;

-- name: public_room_origins(district_id)
SELECT public_room.code, origin.file_name, origin.file_layer
FROM public_room
LEFT JOIN import_batch AS origin ON origin.id = public_room.batch_id
WHERE public_room.district_id = :district_id;

-- name: leftover_land_origins(district_id)
SELECT leftover_land.code, origin.file_name, origin.file_layer
FROM leftover_land
LEFT JOIN import_batch AS origin ON origin.id = leftover_land.batch_id
WHERE leftover_land.district_id = :district_id;

-- name: staging_create(target)$
SELECT staging_create(:target);

-- name: staging_apply(target, columns)$
SELECT staging_apply(:target, CAST(:columns AS text[]));

-- name: staging_append(target, columns)$
SELECT staging_append(:target, CAST(:columns AS text[]));

-- name: acts_for_request()$
-- Whether row-level security binds this transaction; COPY does not go into a table under it.
SELECT current_user = 'gisplanner_request';

-- name: estate_delete_codes(district_id, codes)!
DELETE FROM estate WHERE district_id = :district_id AND code = ANY (:codes);

-- name: building_delete_codes(district_id, codes)!
DELETE FROM building WHERE district_id = :district_id AND code = ANY (:codes);

-- name: road_delete_codes(district_id, codes)!
DELETE FROM road WHERE district_id = :district_id AND code = ANY (:codes);

-- name: barrier_delete_codes(district_id, codes)!
DELETE FROM barrier WHERE district_id = :district_id AND code = ANY (:codes);

-- name: entrance_delete_codes(district_id, codes)!
DELETE FROM entrance WHERE district_id = :district_id AND code = ANY (:codes);

-- name: obstacle_delete_codes(district_id, codes)!
DELETE FROM obstacle WHERE district_id = :district_id AND code = ANY (:codes);

-- name: connection_point_delete_codes(district_id, codes)!
DELETE FROM connection_point WHERE district_id = :district_id AND code = ANY (:codes);

-- name: exclusion_area_delete_codes(district_id, codes)!
DELETE FROM exclusion_area WHERE district_id = :district_id AND code = ANY (:codes);

-- name: red_line_delete_codes(district_id, codes)!
DELETE FROM red_line WHERE district_id = :district_id AND code = ANY (:codes);

-- name: municipal_facility_delete_codes(district_id, codes)!
DELETE FROM municipal_facility WHERE district_id = :district_id AND code = ANY (:codes);

-- name: public_room_delete_codes(district_id, codes)!
DELETE FROM public_room WHERE district_id = :district_id AND code = ANY (:codes);

-- name: leftover_land_delete_codes(district_id, codes)!
DELETE FROM leftover_land WHERE district_id = :district_id AND code = ANY (:codes);

-- name: building_delete_illustrative_of(estate_ids)!
DELETE FROM building WHERE estate_id = ANY (:estate_ids) AND illustrative;

-- name: entrance_delete_illustrative_of(estate_ids)!
DELETE FROM entrance WHERE estate_id = ANY (:estate_ids) AND illustrative;

-- name: obstacle_delete_illustrative_of(estate_ids)!
DELETE FROM obstacle WHERE estate_id = ANY (:estate_ids) AND illustrative;

-- name: public_room_delete_illustrative_of(estate_ids)!
DELETE FROM public_room WHERE estate_id = ANY (:estate_ids) AND illustrative;

-- name: import_batch_latest(district_id, kind, file_sha256, file_layer)$
-- The last import of this very file, if any.
SELECT id
FROM import_batch
WHERE district_id = :district_id
    AND kind = :kind
    AND file_sha256 = :file_sha256
    AND file_layer = :file_layer
    AND undone_at IS NULL
ORDER BY id DESC
LIMIT 1;
