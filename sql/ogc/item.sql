-- One feature as text.
SELECT {feature} AS features
FROM ({layer}) AS layer
WHERE {where}
LIMIT 1
