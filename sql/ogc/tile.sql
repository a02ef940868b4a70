-- A vector tile of Web Mercator: boxes are compared in the metric system, where the index is; far out, the grid of the
-- tile is coarse, which thins vertices and bytes alike, and what is smaller than a step of it is left out.
SELECT ST_AsMVT(tile, %(name)s, %(extent)s, 'geom') AS tile
FROM (
    SELECT {properties}, ST_AsMVTGeom(ST_Transform({geometry}, 3857), frame.box, %(extent)s, %(buffer)s, true) AS geom
    FROM ({layer}) AS layer
    CROSS JOIN (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box) AS frame
    WHERE layer.geom && %(search)s::geometry
) AS tile
WHERE tile.geom IS NOT NULL
