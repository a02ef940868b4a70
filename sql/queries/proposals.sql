-- name: proposal_insert(district_id, name, kind, engine_version, inputs_sha256, parameters, answer)$
INSERT INTO proposal (district_id, name, kind, engine_version, inputs_sha256, parameters, answer)
VALUES (
    :district_id, :name, :kind, :engine_version, :inputs_sha256, CAST(:parameters AS jsonb), CAST(:answer AS jsonb)
)
ON CONFLICT (district_id, name) DO NOTHING
RETURNING id;

-- name: proposal_list(district_id)
SELECT id, name, kind, engine_version, inputs_sha256, parameters, answer, made_at, made_by
FROM proposal
WHERE district_id = :district_id
ORDER BY id;

-- name: proposal_lock(proposal_id)$
-- One change of a proposal at a time.
SELECT id FROM proposal WHERE id = :proposal_id FOR UPDATE;

-- name: proposal_changes(proposal_id)
SELECT id, kind, what, reason, bundles, locked, exceptions, signed_by, changed_at, changed_by
FROM proposal_change
WHERE proposal_id = :proposal_id
ORDER BY id;

-- name: proposal_change_insert(proposal_id, kind, what, reason, bundles, locked, exceptions, signed_by)$
INSERT INTO proposal_change (proposal_id, kind, what, reason, bundles, locked, exceptions, signed_by)
VALUES (
    :proposal_id, :kind, :what, :reason, CAST(:bundles AS jsonb),
    CAST(:locked AS text[]), CAST(:exceptions AS text[]), :signed_by
)
RETURNING id;

-- name: renewal_areas_leave(district_id, codes)!
DELETE FROM renewal_area WHERE district_id = :district_id AND NOT (code = ANY (CAST(:codes AS text[])));

-- name: renewal_area_adopt(district_id, code, name, provenance, estates)$
-- The area is the union of its estates' outlines; without any it has no geometry.
INSERT INTO renewal_area (district_id, srid, code, name, adopted_on, provenance, geom)
SELECT
    district.id, district.srid, :code, :name, current_date, CAST(:provenance AS jsonb),
    (
        SELECT ST_Union(estate.geom)
        FROM estate
        WHERE estate.district_id = district.id AND estate.code = ANY (CAST(:estates AS text[]))
    )
FROM district
WHERE district.id = :district_id
ON CONFLICT (district_id, code) DO UPDATE
SET name = excluded.name, adopted_on = excluded.adopted_on, provenance = excluded.provenance, geom = excluded.geom
RETURNING id;

-- name: renewal_area_members_clear(renewal_area_id)!
DELETE FROM renewal_area_estate WHERE renewal_area_id = :renewal_area_id;

-- name: renewal_area_members_add(renewal_area_id, district_id, estates)!
INSERT INTO renewal_area_estate (renewal_area_id, estate_id)
SELECT :renewal_area_id, estate.id
FROM estate
WHERE estate.district_id = :district_id AND estate.code = ANY (CAST(:estates AS text[]));
