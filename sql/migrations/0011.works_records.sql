-- What the works of a district leave behind from survey to handover (工程台账): counted, removed, complained of, paid,
-- built, handed over, photographed. Every table can only be added to; of one thing the last word up to a day counts.
-- depends: 0006.gates

CREATE TABLE library_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('实施', '谋划', '储备')),
    plan_year integer NOT NULL CHECK (plan_year BETWEEN 2000 AND 2100),
    happened_on date NOT NULL,
    document text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX library_entry_estate ON library_entry (estate_id, happened_on, id);

CREATE TABLE estate_figure (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    kind text NOT NULL CHECK (btrim(kind) <> ''),
    item text NOT NULL DEFAULT '',
    amount numeric NOT NULL CHECK (amount >= 0),
    happened_on date NOT NULL,
    source text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX estate_figure_estate ON estate_figure (estate_id, kind, item, happened_on, id);

CREATE TABLE estate_output (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    item text NOT NULL CHECK (btrim(item) <> ''),
    status text NOT NULL CHECK (status IN ('计划', '完成', '验收')),
    amount numeric NOT NULL CHECK (amount >= 0),
    happened_on date NOT NULL,
    document text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX estate_output_estate ON estate_output (estate_id, item, status, happened_on, id);

CREATE TABLE output_month (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    month date NOT NULL CHECK (month = date_trunc('month', month)),
    rows jsonb NOT NULL CHECK (jsonb_typeof(rows) = 'array'),
    frozen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    frozen_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    UNIQUE (district_id, month)
);

CREATE TABLE project_fund (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    source text NOT NULL CHECK (btrim(source) <> ''),
    status text NOT NULL CHECK (status IN ('计划', '到位', '支付')),
    amount_cny numeric NOT NULL CHECK (amount_cny >= 0),
    happened_on date NOT NULL,
    document text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX project_fund_project ON project_fund (project_id, source, status, happened_on, id);

CREATE TABLE handover_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    kind text NOT NULL CHECK (btrim(kind) <> ''),
    name text NOT NULL CHECK (btrim(name) <> ''),
    quantity numeric CHECK (quantity >= 0),
    unit text,
    in_municipal_road boolean,
    receiver text,
    handed_over boolean NOT NULL DEFAULT false,
    happened_on date NOT NULL,
    document text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    CHECK (NOT handed_over OR receiver <> '')
);
CREATE INDEX handover_entry_estate ON handover_entry (estate_id, kind, name, happened_on, id);

CREATE TABLE demolition (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    kind text NOT NULL CHECK (btrim(kind) <> ''),
    name text,
    area_m2 numeric CHECK (area_m2 >= 0),
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (geom IS NULL OR ST_SRID(geom) = srid),
    CHECK (geom IS NULL OR GeometryType(geom) IN ('POINT', 'POLYGON', 'MULTIPOLYGON'))
);
CREATE INDEX demolition_geom ON demolition USING gist (geom);
CREATE INDEX demolition_estate ON demolition (estate_id);

CREATE TABLE demolition_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    demolition_id bigint NOT NULL REFERENCES demolition ON DELETE CASCADE,
    step integer NOT NULL CHECK (step BETWEEN 1 AND 6),
    happened_on date NOT NULL,
    due_on date,
    unit text,
    document text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    CHECK (due_on IS NULL OR due_on >= happened_on)
);
CREATE INDEX demolition_event_demolition ON demolition_event (demolition_id, happened_on, id);

CREATE TABLE complaint (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    channel text NOT NULL CHECK (channel IN ('12345', '信访', '其他')),
    kind text NOT NULL CHECK (btrim(kind) <> ''),
    place text,
    unit text,
    happened_on date NOT NULL,
    due_on date,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (geom IS NULL OR ST_SRID(geom) = srid),
    CHECK (geom IS NULL OR GeometryType(geom) = 'POINT'),
    CHECK (due_on IS NULL OR due_on >= happened_on)
);
CREATE INDEX complaint_geom ON complaint USING gist (geom);
CREATE INDEX complaint_estate ON complaint (estate_id);

CREATE TABLE complaint_person (
    complaint_id bigint PRIMARY KEY REFERENCES complaint ON DELETE CASCADE,
    name text NOT NULL CHECK (btrim(name) <> ''),
    contact text
);

CREATE TABLE complaint_answer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    complaint_id bigint NOT NULL REFERENCES complaint ON DELETE CASCADE,
    happened_on date NOT NULL,
    answer text NOT NULL CHECK (btrim(answer) <> ''),
    closed boolean NOT NULL DEFAULT true,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX complaint_answer_complaint ON complaint_answer (complaint_id, happened_on, id);

CREATE TABLE estate_photo (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    demolition_id bigint REFERENCES demolition ON DELETE CASCADE,
    phase text NOT NULL CHECK (phase IN ('改造前', '改造后')),
    caption text,
    happened_on date NOT NULL,
    jpeg bytea NOT NULL CHECK (octet_length(jpeg) BETWEEN 1 AND 4000000),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    UNIQUE (estate_id, sha256)
);
CREATE INDEX estate_photo_estate ON estate_photo (estate_id, phase, happened_on, id);
