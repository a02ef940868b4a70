-- A vector tile seen from afar. What is larger than a cell of its grid is drawn on it; areas and points smaller than a
-- cell fill the cell they lie in, one for all in it, and those that look alike are one feature; short lines are left out.
WITH seen AS MATERIALIZED (
    SELECT
        {properties},
        {geometry} AS shape,
        ST_Dimension(layer.geom) AS dimension,
        GREATEST(ST_XMax(layer.geom) - ST_XMin(layer.geom), ST_YMax(layer.geom) - ST_YMin(layer.geom)) AS size_m,
        ST_Transform(
            ST_SetSRID(
                ST_MakePoint(
                    (ST_XMin(layer.geom) + ST_XMax(layer.geom)) / 2, (ST_YMin(layer.geom) + ST_YMax(layer.geom)) / 2
                ),
                %(srid)s
            ),
            3857
        ) AS middle
    FROM ({layer}) AS layer
    WHERE layer.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s)
),
frame AS (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box),
placed AS (
    SELECT
        {looks},
        seen.dimension,
        floor((ST_X(seen.middle) - ST_XMin(frame.box)) / (ST_XMax(frame.box) - ST_XMin(frame.box)) * %(cells)s)::int AS x,
        floor((ST_YMax(frame.box) - ST_Y(seen.middle)) / (ST_YMax(frame.box) - ST_YMin(frame.box)) * %(cells)s)::int AS y
    FROM seen
    CROSS JOIN frame
    WHERE seen.dimension <> 1 AND seen.size_m < %(cell_m)s
),
filled AS (
    SELECT DISTINCT ON (placed.y, placed.x) placed.*
    FROM placed
    WHERE placed.x BETWEEN -1 AND %(cells)s AND placed.y BETWEEN -1 AND %(cells)s
    ORDER BY placed.y, placed.x
),
tile AS (
    SELECT
        {large},
        ST_AsMVTGeom(
            ST_Transform(seen.shape, 3857), frame.box, %(extent)s, %(buffer)s, true
        ) AS geom
    FROM seen
    CROSS JOIN frame
    WHERE (seen.dimension <> 1 AND seen.size_m >= %(cell_m)s) OR (seen.dimension = 1 AND seen.size_m >= %(step_m)s)
    UNION ALL
    SELECT
        {small},
        ST_Collect(
            CASE WHEN filled.dimension = 0
                THEN ST_MakePoint((filled.x + 0.5) * %(step)s, (filled.y + 0.5) * %(step)s)
                ELSE ST_ForcePolygonCCW(ST_MakeEnvelope(
                    filled.x * %(step)s, filled.y * %(step)s, (filled.x + 1) * %(step)s, (filled.y + 1) * %(step)s
                ))
            END
            ORDER BY filled.y, filled.x
        ) AS geom
    FROM filled
    GROUP BY filled.dimension, {group}
)
SELECT ST_AsMVT(tile, %(name)s, %(extent)s, 'geom') AS tile
FROM tile
WHERE tile.geom IS NOT NULL
