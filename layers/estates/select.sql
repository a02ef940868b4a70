SELECT
    estate.code,
    estate.seq,
    subdistrict.name AS subdistrict,
    community.name AS community,
    estate.name,
    estate.households,
    estate.buildings,
    estate.floor_area_10k_m2,
    project.name AS project,
    project.code AS project_code,
    project_estate.source AS project_source,
    estate.kind,
    estate.year_built,
    estate.ownership,
    estate.needs,
    estate.cost_10k_cny,
    estate.library_state,
    estate.linked_unit,
    estate.illustrative,
    estate.geom,
    estate.lonlat
FROM estate
LEFT JOIN subdistrict ON subdistrict.id = estate.subdistrict_id
LEFT JOIN community ON community.id = estate.community_id
LEFT JOIN LATERAL (
    -- An estate stands in one project of a plan year; the latest year is shown.
    SELECT membership.project_id, membership.source
    FROM project_estate AS membership
    JOIN project AS of_year ON of_year.id = membership.project_id
    WHERE membership.estate_id = estate.id
    ORDER BY of_year.plan_year DESC, of_year.code
    LIMIT 1
) AS project_estate ON true
LEFT JOIN project ON project.id = project_estate.project_id
WHERE estate.district_id = :district_id
ORDER BY estate.seq NULLS LAST, estate.code
