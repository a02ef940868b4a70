SELECT
    estate.code,
    estate.name,
    subdistrict.name AS subdistrict,
    told.owner,
    told.households,
    estate.households AS estate_households,
    told.stated_on,
    told.note,
    told.illustrative,
    estate.geom
FROM (
    SELECT DISTINCT ON (gas_intent.estate_id) *
    FROM gas_intent
    WHERE gas_intent.district_id = :district_id
    ORDER BY gas_intent.estate_id, gas_intent.stated_on DESC, gas_intent.id DESC
) AS told
JOIN estate ON estate.id = told.estate_id
LEFT JOIN subdistrict ON subdistrict.id = estate.subdistrict_id
ORDER BY estate.seq NULLS LAST, estate.code
