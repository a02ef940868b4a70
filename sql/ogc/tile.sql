-- A vector tile of Web Mercator: boxes are compared in the metric system, where the index is.
SELECT ST_AsMVT(tile, %(name)s, %(extent)s, 'geom') AS tile
FROM (
    SELECT {properties}, ST_AsMVTGeom(ST_Transform({geometry}, 3857), frame.box, %(extent)s, %(buffer)s, true) AS geom
    FROM ({layer}) AS layer
    CROSS JOIN (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box) AS frame
    WHERE layer.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s)
) AS tile
WHERE tile.geom IS NOT NULL
