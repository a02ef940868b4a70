SELECT
    exclusion_area.code,
    exclusion_area.name,
    exclusion_area.kind,
    exclusion_area.illustrative,
    exclusion_area.geom
FROM exclusion_area
WHERE exclusion_area.district_id = :district_id
ORDER BY exclusion_area.code
