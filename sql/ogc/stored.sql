-- Features of one id before they are changed: there should be one. The fingerprint is that of a feature that is read.
SELECT
    told.start || 'null}}' AS feature,
    md5(told.start || COALESCE({stored}::text, '')) AS state,
    layer.geom AS geom
FROM ({layer}) AS layer
CROSS JOIN LATERAL (SELECT {start} AS start OFFSET 0) AS told
WHERE {where}
LIMIT 2
