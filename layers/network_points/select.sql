SELECT
    code,
    owner,
    utility,
    kind,
    feature_text,
    name,
    ground_m,
    depth_m,
    voltage_kv,
    status,
    drawn_on,
    illustrative,
    geom
FROM network_point
WHERE district_id = :district_id AND replaced_by IS NULL
ORDER BY owner, utility, code
