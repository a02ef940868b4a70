-- What is served most is kept as it is served: the outline in degrees as GeoJSON text. Made anew at each reading, it was
-- half of what an answer costs. It changes with the geometry only and is no version of its own. A geometry that does not
-- say the system of its row is refused by a CHECK, after this.
-- depends: 0033.parts_of_lines

ALTER TABLE estate ADD COLUMN lonlat text GENERATED ALWAYS AS (
    CASE WHEN ST_SRID(geom) = srid THEN ST_AsGeoJSON(ST_Transform(ST_ForcePolygonCCW(geom), 4326), 7, 0) END
) STORED;
ALTER TABLE building ADD COLUMN lonlat text GENERATED ALWAYS AS (
    CASE WHEN ST_SRID(geom) = srid THEN ST_AsGeoJSON(ST_Transform(ST_ForcePolygonCCW(geom), 4326), 7, 0) END
) STORED;
ALTER TABLE pipe_segment ADD COLUMN lonlat text GENERATED ALWAYS AS (
    CASE WHEN ST_SRID(geom) = srid THEN ST_AsGeoJSON(ST_Transform(geom, 4326), 7, 0) END
) STORED;
