SELECT
    building.code,
    estate.name AS estate,
    estate.code AS estate_code,
    building.name,
    building.use,
    building.floors,
    building.households,
    building.height_m,
    building.extinguishers,
    building.illustrative,
    building.geom,
    building.lonlat
FROM building
LEFT JOIN estate ON estate.id = building.estate_id
WHERE building.district_id = :district_id
ORDER BY building.code
