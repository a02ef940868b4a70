SELECT
    code,
    owner,
    utility,
    name,
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
    part,
    status,
    year_built,
    common_trench,
    drawn_on,
    illustrative,
    geom,
    lonlat
FROM pipe_segment
WHERE district_id = :district_id AND replaced_by IS NULL
ORDER BY owner, utility, code
