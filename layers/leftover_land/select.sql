SELECT
    leftover_land.code,
    leftover_land.name,
    leftover_land.kind,
    round(ST_Area(leftover_land.geom)::numeric, 1) AS area_m2,
    leftover_land.owner,
    leftover_land.current_use,
    leftover_land.planned_use,
    leftover_land.illustrative,
    leftover_land.geom
FROM leftover_land
WHERE leftover_land.district_id = :district_id
ORDER BY leftover_land.code
