-- The script of PostGIS raises and catches errors of its own, so the strict setting comes after it.
CREATE EXTENSION postgis WITH SCHEMA public;

SET exit_on_error = on;

SELECT postgis_version();

