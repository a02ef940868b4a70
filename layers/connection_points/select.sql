SELECT
    connection_point.code,
    connection_point.utility,
    connection_point.name,
    connection_point.illustrative,
    connection_point.geom
FROM connection_point
WHERE connection_point.district_id = :district_id
ORDER BY connection_point.code
