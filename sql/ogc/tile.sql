-- A vector tile of Web Mercator: boxes are compared in the metric system, where the index is; far out, the grid of the
-- tile is coarse, which thins vertices and bytes alike, and what is smaller than a step of it (least_m) is left out.
SELECT ST_AsMVT(tile, %(name)s, %(extent)s, 'geom') AS tile
FROM (
    SELECT {properties}, ST_AsMVTGeom(ST_Transform({geometry}, 3857), frame.box, %(extent)s, %(buffer)s, true) AS geom
    FROM ({layer}) AS layer
    CROSS JOIN (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box) AS frame
    WHERE layer.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s)
      AND (
          %(least_m)s = 0
          OR ST_XMax(layer.geom) - ST_XMin(layer.geom) >= %(least_m)s
          OR ST_YMax(layer.geom) - ST_YMin(layer.geom) >= %(least_m)s
          OR ST_Dimension(layer.geom) = 0
      )
) AS tile
WHERE tile.geom IS NOT NULL
