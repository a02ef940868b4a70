-- One feature as text, and the fingerprint of all its viewer may see of it, whatever system it is asked for in.
SELECT
    told.start || COALESCE({geometry}, 'null') || '}}' AS feature,
    md5(told.start || COALESCE({stored}::text, '')) AS state
FROM ({layer}) AS layer
CROSS JOIN LATERAL (SELECT {start} AS start OFFSET 0) AS told  -- written once for both
WHERE {where}
LIMIT 1
