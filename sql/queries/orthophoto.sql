-- name: orthophoto_insert(district_id, name, file_name, file_sha256, source_crs, licence, taken_on, accuracy_m, pixel_m, min_zoom, max_zoom, west_deg, south_deg, east_deg, north_deg)$
INSERT INTO orthophoto (
    district_id, name, file_name, file_sha256, source_crs, licence, taken_on, accuracy_m, pixel_m, min_zoom, max_zoom,
    west_deg, south_deg, east_deg, north_deg
)
VALUES (
    :district_id, :name, :file_name, :file_sha256, :source_crs, :licence, :taken_on, :accuracy_m, :pixel_m, :min_zoom,
    :max_zoom, :west_deg, :south_deg, :east_deg, :north_deg
)
RETURNING id;

-- name: orthophoto_tile_insert(orthophoto_id, zoom, tile_column, tile_row, image)*!
INSERT INTO orthophoto_tile (orthophoto_id, zoom, tile_column, tile_row, image)
VALUES (:orthophoto_id, :zoom, :tile_column, :tile_row, :image);

-- name: orthophoto_list(district_id)
SELECT
    orthophoto.id, orthophoto.name, orthophoto.file_name, orthophoto.source_crs, orthophoto.licence,
    orthophoto.taken_on, orthophoto.accuracy_m, orthophoto.pixel_m, orthophoto.min_zoom, orthophoto.max_zoom,
    orthophoto.west_deg, orthophoto.south_deg, orthophoto.east_deg, orthophoto.north_deg,
    orthophoto.stored_at, orthophoto.stored_by, tiles.count AS tiles, tiles.bytes
FROM orthophoto
LEFT JOIN LATERAL (
    SELECT count(*) AS count, COALESCE(sum(octet_length(image)), 0) AS bytes
    FROM orthophoto_tile
    WHERE orthophoto_tile.orthophoto_id = orthophoto.id
) AS tiles ON true
WHERE orthophoto.district_id = :district_id
ORDER BY orthophoto.id;

-- name: orthophoto_latest(district_id)^
SELECT id, name, licence, taken_on, accuracy_m, min_zoom, max_zoom, west_deg, south_deg, east_deg, north_deg
FROM orthophoto
WHERE district_id = :district_id
ORDER BY id DESC
LIMIT 1;

-- name: orthophoto_delete(district_id, name)!
DELETE FROM orthophoto WHERE district_id = :district_id AND name = :name;

-- name: orthophoto_tiles(orthophoto_id, zoom, west, north, east, south)
SELECT zoom, tile_column, tile_row, image
FROM orthophoto_tile
WHERE orthophoto_id = :orthophoto_id
    AND zoom = :zoom
    AND tile_column BETWEEN :west AND :east
    AND tile_row BETWEEN :north AND :south
ORDER BY tile_row, tile_column;

-- name: orthophoto_bytes(orthophoto_id, zoom, west, north, east, south)$
SELECT COALESCE(sum(octet_length(image)), 0)
FROM orthophoto_tile
WHERE orthophoto_id = :orthophoto_id
    AND zoom = :zoom
    AND tile_column BETWEEN :west AND :east
    AND tile_row BETWEEN :north AND :south;

-- name: orthophoto_set_min_zoom(orthophoto_id, min_zoom)!
UPDATE orthophoto SET min_zoom = :min_zoom WHERE id = :orthophoto_id;
