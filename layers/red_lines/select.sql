SELECT
    red_line.code,
    red_line.name,
    red_line.project,
    red_line.document,
    red_line.drawn_on,
    round(ST_Area(red_line.geom)::numeric, 1) AS area_m2,
    red_line.illustrative,
    red_line.geom
FROM red_line
WHERE red_line.district_id = :district_id
ORDER BY red_line.code
