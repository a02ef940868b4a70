SELECT
    road.code,
    road.name,
    road.highway,
    road.width_m,
    road.tunnel,
    road.bridge,
    road.illustrative,
    road.geom
FROM road
WHERE road.district_id = :district_id
ORDER BY road.code
