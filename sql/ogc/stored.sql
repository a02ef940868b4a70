-- Features of one id before they are changed: there should be one. The fingerprint is that of a feature that is read.
SELECT {state} AS feature, md5({state}) AS state, layer.geom AS geom
FROM ({layer}) AS layer
WHERE {where}
LIMIT 2
