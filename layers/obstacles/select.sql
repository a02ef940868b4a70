SELECT
    obstacle.code,
    estate.name AS estate,
    estate.code AS estate_code,
    obstacle.kind,
    obstacle.removable,
    obstacle.movable,
    obstacle.cost_cny,
    obstacle.owner,
    obstacle.hours,
    obstacle.key_holder,
    obstacle.height_m,
    obstacle.illustrative,
    obstacle.geom
FROM obstacle
LEFT JOIN estate ON estate.id = obstacle.estate_id
WHERE obstacle.district_id = :district_id
ORDER BY obstacle.code
