-- One feature as text, and the fingerprint of all its viewer may see of it, whatever system it is asked for in.
SELECT {feature} AS feature, md5({state}) AS state
FROM ({layer}) AS layer
WHERE {where}
LIMIT 1
