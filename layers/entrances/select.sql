SELECT
    entrance.code,
    estate.name AS estate,
    estate.code AS estate_code,
    entrance.name,
    entrance.width_m,
    entrance.height_m,
    entrance.hours,
    entrance.key_holder,
    entrance.illustrative,
    entrance.geom
FROM entrance
LEFT JOIN estate ON estate.id = entrance.estate_id
WHERE entrance.district_id = :district_id
ORDER BY entrance.code
