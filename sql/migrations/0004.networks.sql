-- Networks as their owners hand them in (管线), every version kept, and the filing of their plans (备案).
-- depends: 0003.accounts

CREATE TABLE network_upload (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    owner text NOT NULL CHECK (owner <> ''),
    utility text,
    version integer NOT NULL CHECK (version > 0),
    file_name text NOT NULL,
    file_sha256 text NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
    file_layer text,
    declared_crs text,
    headings jsonb NOT NULL DEFAULT '{}',
    rows_read integer NOT NULL CHECK (rows_read >= 0),
    rows_accepted integer NOT NULL CHECK (rows_accepted BETWEEN 0 AND rows_read),
    rejected jsonb NOT NULL DEFAULT '[]',
    illustrative boolean NOT NULL DEFAULT false,
    uploaded_at timestamptz NOT NULL DEFAULT now(),
    uploaded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    UNIQUE (district_id, owner, version)
);

CREATE TABLE pipe_segment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    owner text NOT NULL CHECK (owner <> ''),
    utility text NOT NULL CHECK (utility IN (
        'water', 'sewage', 'storm', 'drain', 'gas', 'heat', 'power', 'telecom', 'lighting', 'reclaimed'
    )),
    name text,
    section_text text,
    diameter_mm double precision CHECK (diameter_mm > 0),
    width_mm double precision CHECK (width_mm > 0),
    height_mm double precision CHECK (height_mm > 0),
    material text,
    pressure text CHECK (pressure IN ('low', 'medium', 'medium_b', 'medium_a', 'sub_high_b', 'sub_high_a')),
    voltage_kv double precision CHECK (voltage_kv > 0),
    laying text CHECK (laying IN ('buried', 'duct', 'trench', 'overhead')),
    depth_m double precision CHECK (depth_m >= 0),
    accuracy text CHECK (accuracy IN ('探测', '图纸', '推测')),
    place text CHECK (place IN ('municipal_road', 'courtyard')),
    surface text CHECK (surface IN ('carriageway', 'footway', 'green', 'farmland')),
    status text NOT NULL DEFAULT 'existing'
        CHECK (status IN ('existing', 'planned', 'temporary', 'abandoned', 'connected')),
    year_built text,
    common_trench text,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    upload_id bigint NOT NULL REFERENCES network_upload ON DELETE CASCADE,
    replaced_by bigint REFERENCES network_upload ON DELETE SET NULL,
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid),
    CHECK (GeometryType(geom) IN ('LINESTRING', 'MULTILINESTRING'))
);
CREATE UNIQUE INDEX pipe_segment_current ON pipe_segment (district_id, owner, utility, code) WHERE replaced_by IS NULL;
CREATE INDEX pipe_segment_geom ON pipe_segment USING gist (geom);
CREATE INDEX pipe_segment_upload ON pipe_segment (upload_id);

CREATE TABLE filing_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    owner text NOT NULL CHECK (owner <> ''),
    state text NOT NULL CHECK (state IN ('已报', '退回', '已备案', '不涉及')),
    version integer NOT NULL CHECK (version > 0),
    happened_on date NOT NULL,
    document text,
    note text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    CHECK (state <> '退回' OR note <> '')
);
CREATE INDEX filing_event_cell ON filing_event (district_id, estate_id, owner, id DESC);
