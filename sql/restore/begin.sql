-- Everything up to the last file of this folder is one transaction; a restore that breaks off leaves no trace.
BEGIN;
SET LOCAL lock_timeout = '30s';
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS gisplanner CASCADE;
CREATE SCHEMA gisplanner;
