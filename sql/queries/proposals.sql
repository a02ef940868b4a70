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
-- One change of a proposal at a time, without a right to change what is stored.
SELECT pg_advisory_xact_lock(hashtextextended('proposal', :proposal_id)) IS NULL AS waited;

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

-- name: renewal_areas_lock(district_id)$
-- One adoption of a district at a time.
SELECT pg_advisory_xact_lock(hashtextextended('renewal_area:' || :district_id, 0)) IS NULL AS waited;

-- name: renewal_areas(district_id)
SELECT id, code, name, remark, estate_codes, adopted_on, provenance
FROM renewal_area
WHERE district_id = :district_id
ORDER BY code;

-- name: renewal_area_codes_used(district_id)
-- Codes that stood for an area once, adopted now or earlier: none of them is given again.
SELECT renewal_area_codes_given(:district_id) AS code;

-- name: renewal_areas_leave(district_id, codes)!
DELETE FROM renewal_area WHERE district_id = :district_id AND NOT (code = ANY (CAST(:codes AS text[])));

-- name: renewal_area_adopt(district_id, code, name, remark, provenance, estates)$
-- The area is the union of its estates' outlines; without any it has no geometry.
INSERT INTO renewal_area (district_id, srid, code, name, remark, adopted_on, provenance, estate_codes, geom)
SELECT
    district.id, district.srid, :code, :name, :remark, current_date, CAST(:provenance AS jsonb),
    CAST(:estates AS text[]),
    (
        SELECT ST_Union(estate.geom)
        FROM estate
        WHERE estate.district_id = district.id AND estate.code = ANY (CAST(:estates AS text[]))
    )
FROM district
WHERE district.id = :district_id
ON CONFLICT (district_id, code) DO UPDATE
SET
    name = excluded.name,
    remark = excluded.remark,
    adopted_on = excluded.adopted_on,
    provenance = excluded.provenance,
    estate_codes = excluded.estate_codes,
    geom = excluded.geom
RETURNING id;

-- name: renewal_area_lead(district_id, code, company)!
UPDATE renewal_area SET lead_telecom = :company WHERE district_id = :district_id AND code = :code;

-- name: renewal_area_members_clear(renewal_area_id)!
DELETE FROM renewal_area_estate WHERE renewal_area_id = :renewal_area_id;

-- name: renewal_area_members_add(renewal_area_id, district_id, estates)!
INSERT INTO renewal_area_estate (renewal_area_id, estate_id)
SELECT :renewal_area_id, estate.id
FROM estate
WHERE estate.district_id = :district_id AND estate.code = ANY (CAST(:estates AS text[]));

-- name: demonstration_areas(district_id)
-- Areas the plan wants to show (示范片区), with the codes of their estates; none where no estate has the name.
SELECT
    area.name,
    area.quote,
    area.note,
    COALESCE(array_agg(estate.code ORDER BY estate.seq, estate.code) FILTER (WHERE estate.id IS NOT NULL), '{}')
        AS estates
FROM demonstration_area AS area
LEFT JOIN demonstration_area_estate AS member ON member.demonstration_area_id = area.id
LEFT JOIN estate ON estate.id = member.estate_id
WHERE area.district_id = :district_id
GROUP BY area.id, area.name, area.quote, area.note
ORDER BY area.id;
