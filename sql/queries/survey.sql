-- name: red_lines(district_id)
-- Red lines with the project each was drawn for, by its code or name as the file says.
SELECT
    red_line.code, red_line.name, red_line.project AS stated, project.code AS project_code,
    project.name AS project_name, red_line.document, red_line.drawn_on, ST_Area(red_line.geom) AS area_m2,
    red_line.illustrative, (
        SELECT array_agg(estate.code ORDER BY estate.seq, estate.code)
        FROM estate
        WHERE estate.district_id = red_line.district_id AND ST_Intersects(estate.geom, red_line.geom)
            AND ST_Area(ST_Intersection(estate.geom, red_line.geom)) > 1.0
    ) AS estates
FROM red_line
LEFT JOIN LATERAL (
    SELECT project.code, project.name
    FROM project
    WHERE project.district_id = red_line.district_id AND red_line.project IN (project.code, project.name)
    ORDER BY project.code <> red_line.project, project.plan_year DESC, project.code
    LIMIT 1
) AS project ON true
WHERE red_line.district_id = :district_id
ORDER BY red_line.code;

-- name: facilities_in_red_lines(district_id)
-- Municipal facilities with each red line they lie in and the part inside; none for those outside all red lines.
SELECT
    facility.code, facility.kind, facility.name, facility.condition, facility.owner, facility.keeper,
    facility.quantity, facility.unit, facility.surveyed_on, facility.note, facility.illustrative,
    red_line.code AS red_line,
    CASE ST_Dimension(facility.geom) WHEN 1 THEN ST_Length(ST_Intersection(facility.geom, red_line.geom)) END AS inside_m,
    CASE ST_Dimension(facility.geom) WHEN 2 THEN ST_Area(ST_Intersection(facility.geom, red_line.geom)) END AS inside_m2
FROM municipal_facility AS facility
LEFT JOIN red_line ON red_line.district_id = facility.district_id AND ST_Intersects(red_line.geom, facility.geom)
WHERE facility.district_id = :district_id
ORDER BY facility.code, red_line.code;

-- name: projects_without_red_line(district_id)
SELECT project.code, project.name
FROM project
WHERE project.district_id = :district_id AND NOT EXISTS (
    SELECT 1 FROM red_line
    WHERE red_line.district_id = project.district_id AND red_line.project IN (project.code, project.name)
)
ORDER BY project.plan_year, project.code;

-- name: rooms_near_estates(district_id, within_m)
-- Public rooms and state assets with the estate they belong to, else each estate they stand near.
SELECT
    room.code, room.kind, room.name, room.current_use, room.state, room.area_m2, room.owner, room.surveyed_on,
    room.note, room.illustrative, estate.code AS estate_code, estate.name AS estate,
    CASE WHEN room.estate_id IS NULL THEN ST_Distance(estate.geom, room.geom) ELSE 0 END AS distance_m
FROM public_room AS room
LEFT JOIN estate
    ON estate.id = room.estate_id
    OR room.estate_id IS NULL AND estate.district_id = room.district_id
    AND ST_DWithin(estate.geom, room.geom, CAST(:within_m AS double precision))
WHERE room.district_id = :district_id
ORDER BY room.code, distance_m, estate.code;

-- name: leftover_near_estates(district_id, within_m)
-- Leftover land with each estate it lies in or near, nearest first; none where no estate is that near.
SELECT
    land.code, land.name, land.kind, ST_Area(land.geom) AS area_m2, land.owner, land.current_use, land.planned_use,
    land.illustrative, estate.code AS estate_code, estate.name AS estate, ST_Distance(estate.geom, land.geom) AS distance_m
FROM leftover_land AS land
LEFT JOIN estate
    ON estate.district_id = land.district_id
    AND ST_DWithin(estate.geom, land.geom, CAST(:within_m AS double precision))
WHERE land.district_id = :district_id
ORDER BY land.code, distance_m, estate.code;
