-- name: layer_counts_get(layer_query, district_id, has_illustrative)^
SELECT features, without_geometry, illustrative
FROM layer_counts(:layer_query, :district_id, :has_illustrative);

-- name: answers()$
-- Whether the database works on our schema at all.
SELECT count(*) FROM district;
