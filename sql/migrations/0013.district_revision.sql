-- A number that goes up with every change to the map data of a district: what a browser or a cache holds is good as
-- long as the number is the same.
-- depends: 0008.proposals

CREATE TABLE district_revision (
    district_id text PRIMARY KEY REFERENCES district ON DELETE CASCADE,
    revision bigint NOT NULL DEFAULT 1 CHECK (revision > 0)
);
