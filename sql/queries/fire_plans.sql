-- name: fire_plan_insert(district_id, srid, name, reason, engine_version, rules_sha256, inputs_sha256, parameters, answer, cost_cny, cost_bound_cny, proven, illustrative)$
INSERT INTO fire_plan (
    district_id, srid, name, reason, engine_version, rules_sha256, inputs_sha256, parameters, answer, cost_cny,
    cost_bound_cny, proven, illustrative
)
VALUES (
    :district_id, :srid, :name, :reason, :engine_version, :rules_sha256, :inputs_sha256, CAST(:parameters AS jsonb),
    CAST(:answer AS jsonb), :cost_cny, :cost_bound_cny, :proven, :illustrative
)
ON CONFLICT (district_id, name) DO NOTHING
RETURNING id;

-- name: fire_plan_features_insert(plan_id, district_id, srid, features)!
INSERT INTO fire_plan_feature (plan_id, seq, district_id, srid, estate_code, role, label, facts, geom)
SELECT
    :plan_id, feature.seq, :district_id, :srid, feature.estate, feature.role, feature.label, feature.facts,
    ST_SetSRID(ST_GeomFromWKB(decode(feature.wkb, 'hex')), :srid)
FROM jsonb_to_recordset(CAST(:features AS jsonb))
    AS feature (seq integer, estate text, role text, label text, facts jsonb, wkb text);

-- name: fire_plan_list(district_id)
SELECT
    id, name, reason, engine_version, rules_sha256, inputs_sha256, parameters, answer, cost_cny, cost_bound_cny, proven,
    illustrative, made_at, made_by, withdrawn_at, withdrawn_by, withdrawn_because
FROM fire_plan
WHERE district_id = :district_id
ORDER BY id;

-- name: fire_plan_withdraw(district_id, name, reason)$
UPDATE fire_plan
SET
    withdrawn_at = clock_timestamp(),
    withdrawn_by = coalesce(current_setting('gisplanner.actor', true), current_user),
    withdrawn_because = :reason
WHERE district_id = :district_id AND name = :name AND withdrawn_at IS NULL
RETURNING id;

-- name: fire_plan_features(plan_id)
SELECT seq, estate_code AS estate, role, label, facts, encode(ST_AsBinary(geom), 'hex') AS wkb
FROM fire_plan_feature
WHERE plan_id = :plan_id
ORDER BY seq;

-- name: obstacles_gone(district_id, removed_step)
-- Obstacles that the demolition register records as pulled down: nobody has to take them off the map first.
SELECT obstacle.code
FROM obstacle
JOIN demolition ON demolition.district_id = obstacle.district_id AND demolition.code = obstacle.code
WHERE obstacle.district_id = :district_id
    AND EXISTS (
        SELECT 1
        FROM demolition_event AS event
        WHERE event.demolition_id = demolition.id AND event.step >= :removed_step
    )
ORDER BY obstacle.code;
