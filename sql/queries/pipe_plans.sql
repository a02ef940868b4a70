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
