-- Gates and barriers as stored data: when they open, who keeps the key, how high they are. Fire plans side by side:
-- never overwritten, withdrawn with a reason.
-- depends: 0008.proposals

ALTER TABLE entrance ADD COLUMN hours text CHECK (btrim(hours) <> '');
ALTER TABLE entrance ADD COLUMN key_holder text CHECK (btrim(key_holder) <> '');
ALTER TABLE entrance ADD COLUMN height_m double precision CHECK (height_m > 0);

ALTER TABLE obstacle ADD COLUMN movable boolean;
ALTER TABLE obstacle ADD COLUMN hours text CHECK (btrim(hours) <> '');
ALTER TABLE obstacle ADD COLUMN key_holder text CHECK (btrim(key_holder) <> '');
ALTER TABLE obstacle ADD COLUMN height_m double precision CHECK (height_m > 0);

ALTER TABLE building ADD COLUMN extinguishers integer CHECK (extinguishers >= 0);

CREATE TABLE fire_plan (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    name text NOT NULL CHECK (btrim(name) <> '' AND char_length(name) <= 100),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    engine_version text NOT NULL,
    rules_sha256 text NOT NULL CHECK (rules_sha256 ~ '^[0-9a-f]{64}$'),
    inputs_sha256 text NOT NULL CHECK (inputs_sha256 ~ '^[0-9a-f]{64}$'),
    parameters jsonb NOT NULL CHECK (jsonb_typeof(parameters) = 'object'),
    answer jsonb NOT NULL CHECK (jsonb_typeof(answer) = 'object'),
    cost_cny numeric NOT NULL CHECK (cost_cny >= 0),
    cost_bound_cny numeric NOT NULL CHECK (cost_bound_cny >= 0),
    proven boolean NOT NULL,
    illustrative boolean NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    withdrawn_at timestamptz,
    withdrawn_by text,
    withdrawn_because text CHECK (btrim(withdrawn_because) <> ''),
    UNIQUE (district_id, name),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_because) IN (0, 3))
);

CREATE TABLE fire_plan_feature (
    plan_id bigint NOT NULL REFERENCES fire_plan ON DELETE CASCADE,
    seq integer NOT NULL CHECK (seq > 0),
    district_id text NOT NULL,
    srid integer NOT NULL,
    estate_code text NOT NULL,
    role text NOT NULL CHECK (role <> ''),
    label text NOT NULL,
    facts jsonb NOT NULL CHECK (jsonb_typeof(facts) = 'object'),
    geom geometry NOT NULL,
    PRIMARY KEY (plan_id, seq),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid)
);
CREATE INDEX fire_plan_feature_geom ON fire_plan_feature USING gist (geom);
