-- The script of PostGIS raises and catches errors of its own, so the strict setting comes after it.
CREATE EXTENSION postgis WITH SCHEMA public;

SET exit_on_error = on;

SELECT postgis_version();


-- Row-level security asks of an index that its operator tells nothing of the rows it leaves out; comparing boxes does not.
ALTER FUNCTION public.geometry_overlaps(geometry, geometry) LEAKPROOF;
