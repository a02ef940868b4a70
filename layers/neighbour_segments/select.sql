SELECT
    code,
    owner,
    utility,
    section_text,
    diameter_mm,
    width_mm,
    height_mm,
    material,
    pressure,
    voltage_kv,
    laying,
    depth_m,
    accuracy,
    place,
    surface,
    status,
    common_trench,
    own_code,
    illustrative,
    geom
FROM neighbour_segment
WHERE district_id = :district_id
ORDER BY owner, utility, own_code
