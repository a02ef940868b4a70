-- Points of networks (管点), accepted exceptions (例外), what is to be done about networks (迁改、燃气保护、占压、申请、移交)
-- and what became of old lines (废弃、已接入新网).
-- depends: 0008.proposals

-- The layer of the owner's own drawing: what goes back to the owner goes back there.
ALTER TABLE pipe_segment ADD COLUMN drawn_on text;

CREATE TABLE network_point (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    owner text NOT NULL CHECK (owner <> ''),
    utility text NOT NULL CHECK (utility IN (
        'water', 'sewage', 'storm', 'drain', 'gas', 'heat', 'power', 'telecom', 'lighting', 'reclaimed'
    )),
    kind text NOT NULL CHECK (kind IN (
        'valve', 'manhole', 'inlet', 'hydrant', 'regulator', 'riser', 'meter', 'cabinet', 'cross_connect', 'pole',
        'drip', 'vent', 'joint', 'other'
    )),
    feature_text text,
    name text,
    ground_m double precision,
    depth_m double precision CHECK (depth_m >= 0),
    status text NOT NULL DEFAULT 'existing'
        CHECK (status IN ('existing', 'planned', 'temporary', 'abandoned', 'connected')),
    drawn_on text,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    upload_id bigint NOT NULL REFERENCES network_upload ON DELETE CASCADE,
    replaced_by bigint REFERENCES network_upload ON DELETE SET NULL,
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid),
    CHECK (GeometryType(geom) = 'POINT')
);
CREATE UNIQUE INDEX network_point_current ON network_point (district_id, owner, utility, code)
WHERE replaced_by IS NULL;
CREATE INDEX network_point_geom ON network_point USING gist (geom);
CREATE INDEX network_point_upload ON network_point (upload_id);

CREATE TABLE clearance_exception (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    a text NOT NULL CHECK (a <> ''),
    b text,
    kind text NOT NULL CHECK (kind IN ('horizontal', 'vertical', 'building', 'cover', 'tree')),
    state text NOT NULL CHECK (state IN ('granted', 'withdrawn')),
    required_m double precision NOT NULL,
    accepted_m double precision NOT NULL CHECK (accepted_m < required_m),
    clause text NOT NULL CHECK (clause <> ''),
    measure text NOT NULL CHECK (measure <> ''),
    ground text NOT NULL CHECK (ground <> ''),
    document text NOT NULL CHECK (document <> ''),
    accepted_by text NOT NULL CHECK (accepted_by <> ''),
    accepted_on date NOT NULL,
    valid_until date NOT NULL,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    CHECK (valid_until >= accepted_on),
    CHECK (b IS NOT NULL OR kind = 'cover')
);
CREATE INDEX clearance_exception_pair ON clearance_exception (district_id, a, b, kind, id DESC);

CREATE TABLE network_task (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('relocation', 'gas_guard', 'encroachment', 'application', 'handover')),
    code text NOT NULL CHECK (code <> ''),
    owner text NOT NULL CHECK (owner <> ''),
    receiver text,
    estate_id bigint REFERENCES estate ON DELETE SET NULL,
    subject text NOT NULL CHECK (subject <> ''),
    cause text NOT NULL CHECK (cause <> ''),
    distance_m double precision,
    length_m double precision CHECK (length_m >= 0),
    illustrative boolean NOT NULL DEFAULT false,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    geom geometry,
    UNIQUE (district_id, kind, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (geom IS NULL OR ST_SRID(geom) = srid)
);
CREATE INDEX network_task_geom ON network_task USING gist (geom);
CREATE INDEX network_task_owner ON network_task (district_id, owner, kind);

CREATE TABLE network_task_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id bigint NOT NULL REFERENCES network_task ON DELETE CASCADE,
    state text NOT NULL CHECK (state <> ''),
    happened_on date NOT NULL,
    valid_until date,
    mode text CHECK (mode IN ('自行', '委托')),
    contractor text,
    placement_before text CHECK (placement_before IN ('架空', '地下', '附墙')),
    placement_after text CHECK (placement_after IN ('架空规整', '下地', '原位保护', '拆除')),
    document text,
    note text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    CHECK (mode IS DISTINCT FROM '委托' OR contractor <> ''),
    CHECK (valid_until IS NULL OR valid_until >= happened_on)
);
CREATE INDEX network_task_step_task ON network_task_step (task_id, id DESC);

CREATE TABLE segment_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    owner text NOT NULL CHECK (owner <> ''),
    utility text NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    status text NOT NULL CHECK (status IN ('existing', 'abandoned', 'connected')),
    happened_on date NOT NULL,
    document text,
    note text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX segment_event_segment ON segment_event (district_id, owner, utility, code, id DESC);

CREATE TABLE gas_intent (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    owner text NOT NULL CHECK (owner <> ''),
    households integer NOT NULL CHECK (households >= 0),
    stated_on date NOT NULL,
    note text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX gas_intent_estate ON gas_intent (district_id, estate_id, id DESC);
