-- name: plan_baselines(district_id)
SELECT
    id,
    version,
    document_number,
    document_title,
    document_date,
    stated,
    frozen_at,
    frozen_by
FROM plan_baseline
WHERE district_id = :district_id
ORDER BY version;

-- name: plan_baseline_insert(district_id, version, document_number, document_title, document_date, stated, batch_id)$
INSERT INTO plan_baseline (
    district_id, version, document_number, document_title, document_date, stated, batch_id
)
VALUES (
    :district_id, :version, :document_number, :document_title, :document_date, CAST(:stated AS jsonb), :batch_id
)
RETURNING id;

-- name: plan_baseline_rows(baseline_id)
SELECT
    estate_code,
    seq,
    subdistrict,
    community,
    name,
    households,
    buildings,
    floor_area_10k_m2,
    project_code,
    project_name,
    project_source
FROM plan_baseline_row
WHERE baseline_id = :baseline_id
ORDER BY seq, estate_code;

-- name: plan_baseline_row_insert(baseline_id, estate_code, seq, subdistrict, community, name, households, buildings, floor_area_10k_m2, project_code, project_name, project_source)!
INSERT INTO plan_baseline_row (
    baseline_id, estate_code, seq, subdistrict, community, name,
    households, buildings, floor_area_10k_m2, project_code, project_name, project_source
)
VALUES (
    :baseline_id, :estate_code, :seq, :subdistrict, :community, :name,
    :households, :buildings, :floor_area_10k_m2, :project_code, :project_name, :project_source
);

-- name: plan_adjustments(district_id)
-- Every recorded adjustment with the versions it leads from and to.
SELECT
    plan_adjustment.kind,
    plan_adjustment.estate_code,
    plan_adjustment.split_from_code,
    plan_adjustment.document,
    earlier.version AS from_version,
    later.version AS to_version
FROM plan_adjustment
JOIN plan_baseline AS earlier ON earlier.id = plan_adjustment.from_baseline_id
JOIN plan_baseline AS later ON later.id = plan_adjustment.to_baseline_id
WHERE later.district_id = :district_id
ORDER BY plan_adjustment.id;

-- name: plan_adjustment_insert(from_baseline_id, to_baseline_id, kind, estate_code, split_from_code, before, after, document)!
INSERT INTO plan_adjustment (
    from_baseline_id, to_baseline_id, kind, estate_code, split_from_code, before, after, document
)
VALUES (
    :from_baseline_id, :to_baseline_id, :kind, :estate_code, :split_from_code,
    CAST(:before AS jsonb), CAST(:after AS jsonb), :document
);
