-- name: layer_credits(district_id, kinds)
-- Who made the data of the imports of these kinds, each named once, in order of import.
SELECT credit
FROM import_batch
WHERE district_id = :district_id AND kind = ANY (:kinds) AND credit <> ''
GROUP BY credit
ORDER BY min(id);

-- name: plan_title_latest(district_id)^
SELECT document_title, document_number
FROM plan_baseline
WHERE district_id = :district_id
ORDER BY version DESC
LIMIT 1;
