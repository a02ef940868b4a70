-- How many features match; only asked for on request.
SELECT count(*) AS matched FROM ({layer}) AS layer WHERE {where}
