-- name: pipe_plan_insert(district_id, srid, name, reason, project, engine_version, inputs_sha256, parameters, hand, answer, wkb, illustrative)$
INSERT INTO pipe_plan (
    district_id, srid, name, reason, project, engine_version, inputs_sha256, parameters, hand, answer, geom,
    illustrative
)
VALUES (
    :district_id, :srid, :name, :reason, :project, :engine_version, :inputs_sha256, CAST(:parameters AS jsonb),
    CAST(:hand AS jsonb), CAST(:answer AS jsonb), ST_Multi(ST_GeomFromWKB(:wkb, :srid)), :illustrative
)
ON CONFLICT (district_id, name) DO NOTHING
RETURNING id;

-- name: pipe_plan_list(district_id)
SELECT id, name, reason, project, engine_version, inputs_sha256, parameters, hand, answer, illustrative, made_at, made_by
FROM pipe_plan
WHERE district_id = :district_id
ORDER BY id;

-- name: pipe_plan_lines_insert(plan_id, district_id, srid, rows)!
INSERT INTO pipe_plan_line (
    plan_id, line_no, district_id, srid, network, utility, part, street, building, laying, section_text, cover_m,
    length_m, geom
)
SELECT
    :plan_id, line.line_no, :district_id, :srid, line.network, line.utility, line.part, line.street, line.building,
    line.laying, line.section_text, line.cover_m, line.length_m, ST_GeomFromWKB(decode(line.wkb, 'hex'), :srid)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS line (
    line_no integer, network text, utility text, part text, street text, building text, laying text,
    section_text text, cover_m double precision, length_m double precision, wkb text
);

-- name: pipe_plan_lines(district_id, names)
SELECT
    plan.name AS plan,
    line.line_no,
    line.network,
    line.utility,
    line.part,
    line.street,
    line.building,
    line.laying,
    line.section_text,
    line.cover_m,
    line.length_m,
    ST_AsBinary(line.geom) AS wkb
FROM pipe_plan_line AS line
JOIN pipe_plan AS plan ON plan.id = line.plan_id
WHERE line.district_id = :district_id AND plan.name = ANY(:names)
ORDER BY plan.id, line.line_no;
