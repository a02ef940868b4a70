-- name: district_get(district_id)^
SELECT id, name, profile, srid, west_deg, south_deg, east_deg, north_deg
FROM district
WHERE id = :district_id;

-- name: district_list()
SELECT id, name, profile, srid, west_deg, south_deg, east_deg, north_deg
FROM district
ORDER BY id;

-- name: district_insert(district_id, name, profile, srid, west_deg, south_deg, east_deg, north_deg)!
INSERT INTO district (id, name, profile, srid, west_deg, south_deg, east_deg, north_deg)
VALUES (:district_id, :name, :profile, :srid, :west_deg, :south_deg, :east_deg, :north_deg);

-- name: srid_known(srid)$
SELECT EXISTS (SELECT 1 FROM spatial_ref_sys WHERE srid = :srid);
