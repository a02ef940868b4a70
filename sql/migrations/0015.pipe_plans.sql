-- Pipeline plans (管线综合方案) side by side: the hand's wishes with reasons, the input, the answer; never overwritten.
-- depends: 0008.proposals

CREATE TABLE pipe_plan (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    project text,
    engine_version text NOT NULL,
    inputs_sha256 text NOT NULL CHECK (inputs_sha256 ~ '^[0-9a-f]{64}$'),
    parameters jsonb NOT NULL,
    hand jsonb NOT NULL,
    answer jsonb NOT NULL,
    geom geometry NOT NULL CHECK (GeometryType(geom) = 'MULTILINESTRING'),
    illustrative boolean NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    UNIQUE (district_id, name),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid)
);
CREATE INDEX pipe_plan_geom ON pipe_plan USING gist (geom);
