-- A vector tile of Web Mercator: boxes are compared in the metric system, where the index is. What is large enough to
-- point at has its id.
SELECT ST_AsMVT(tile, %(name)s, %(extent)s, 'geom') AS tile
FROM (
    SELECT {properties}, ST_AsMVTGeom(ST_Transform({geometry}, 3857), frame.box, %(extent)s, %(buffer)s, true) AS geom
    FROM ({layer}) AS layer
    CROSS JOIN (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box) AS frame
    CROSS JOIN LATERAL (
        SELECT GREATEST(ST_XMax(layer.geom) - ST_XMin(layer.geom), ST_YMax(layer.geom) - ST_YMin(layer.geom)) AS size_m
    ) AS drawn
    WHERE layer.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s)
) AS tile
WHERE tile.geom IS NOT NULL
