-- The lines of kept pipeline plans, one by one, so that kept plans can be drawn side by side.
-- depends: 0015.pipe_plans

CREATE TABLE pipe_plan_line (
    plan_id bigint NOT NULL REFERENCES pipe_plan ON DELETE CASCADE,
    line_no integer NOT NULL CHECK (line_no >= 0),
    district_id text NOT NULL,
    srid integer NOT NULL,
    network text NOT NULL CHECK (network <> ''),
    utility text NOT NULL CHECK (utility <> ''),
    part text NOT NULL CHECK (part IN ('main', 'service')),
    street text,
    building text,
    laying text NOT NULL CHECK (laying <> ''),
    section_text text,
    cover_m double precision CHECK (cover_m >= 0),
    length_m double precision NOT NULL CHECK (length_m >= 0),
    geom geometry NOT NULL CHECK (GeometryType(geom) = 'LINESTRING'),
    PRIMARY KEY (plan_id, line_no),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid)
);
CREATE INDEX pipe_plan_line_geom ON pipe_plan_line USING gist (geom);
CREATE INDEX pipe_plan_line_district ON pipe_plan_line (district_id);
