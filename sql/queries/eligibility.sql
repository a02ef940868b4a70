-- name: exclusion_kinds(district_id)
-- Kinds of stored exclusion areas: an estate outside all areas of a kind is known not to lie in one.
SELECT kind, count(*) AS areas
FROM exclusion_area
WHERE district_id = :district_id
GROUP BY kind
ORDER BY kind;

-- name: exclusion_overlaps(district_id)
-- Square metres of each estate that lie in the areas of a kind; areas that overlap each other count once.
SELECT estate.code, area.kind, ST_Area(ST_Intersection(estate.geom, ST_Union(area.geom))) AS area_m2
FROM estate
JOIN exclusion_area AS area ON area.district_id = estate.district_id AND ST_Intersects(area.geom, estate.geom)
WHERE estate.district_id = :district_id
GROUP BY estate.id, estate.code, estate.geom, area.kind
ORDER BY estate.code, area.kind;

-- name: willing_figures(district_id, kind)
-- The latest count of willing households of each estate that has one, and where it is from.
SELECT DISTINCT ON (estate.code)
    estate.code, figure.amount, figure.happened_on, figure.source, figure.illustrative
FROM estate_figure AS figure
JOIN estate ON estate.id = figure.estate_id
WHERE estate.district_id = :district_id AND figure.kind = :kind AND figure.item = ''
ORDER BY estate.code, figure.happened_on DESC, figure.id DESC;
