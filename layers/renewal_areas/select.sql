SELECT
    renewal_area.code,
    renewal_area.name,
    renewal_area.remark,
    members.estates,
    members.estate_count,
    members.communities,
    members.households,
    members.buildings,
    members.floor_area_10k_m2,
    renewal_area.lead_telecom,
    renewal_area.adopted_on,
    renewal_area.provenance ->> 'proposal' AS proposal,
    members.illustrative,
    renewal_area.geom
FROM renewal_area
LEFT JOIN LATERAL (
    -- A figure that one estate lacks is unknown for the area, not less.
    SELECT
        array_agg(COALESCE(estate.name, estate.code) ORDER BY estate.seq, estate.code) AS estates,
        count(*) AS estate_count,
        array_agg(DISTINCT community.name) FILTER (WHERE community.name IS NOT NULL) AS communities,
        CASE WHEN bool_and(estate.households IS NOT NULL) THEN sum(estate.households) END AS households,
        CASE WHEN bool_and(estate.buildings IS NOT NULL) THEN sum(estate.buildings) END AS buildings,
        CASE WHEN bool_and(estate.floor_area_10k_m2 IS NOT NULL) THEN sum(estate.floor_area_10k_m2) END
            AS floor_area_10k_m2,
        bool_or(estate.illustrative) AS illustrative
    FROM renewal_area_estate
    JOIN estate ON estate.id = renewal_area_estate.estate_id
    LEFT JOIN community ON community.id = estate.community_id
    WHERE renewal_area_estate.renewal_area_id = renewal_area.id
) AS members ON true
WHERE renewal_area.district_id = :district_id
ORDER BY renewal_area.code
