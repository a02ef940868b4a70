-- The district of a collection, and the number that goes up with every change to its map data.
SELECT
    district.id, district.name, district.profile, district.srid,
    district.west_deg, district.south_deg, district.east_deg, district.north_deg,
    COALESCE((SELECT revision FROM district_revision WHERE district_revision.district_id = district.id), 0)
FROM district
WHERE district.id = %(district_id)s
