-- Tables of an MBTiles file (SQLite), https://github.com/mapbox/mbtiles-spec

-- name: about()
SELECT name, value FROM metadata;

-- name: levels()
SELECT zoom_level, min(tile_column), min(tile_row), max(tile_column), max(tile_row), count(*)
FROM tiles
GROUP BY zoom_level;

-- name: first_tile()^
SELECT tile_data FROM tiles LIMIT 1;

-- name: tiles_between(zoom, west, south, east, north)
SELECT tile_column, tile_row, tile_data
FROM tiles
WHERE zoom_level = :zoom AND tile_column BETWEEN :west AND :east AND tile_row BETWEEN :south AND :north;
