-- What a ledger leaves open and a person answers later; ledgers that can be taken back; imagery under the maps.
-- depends: 0007.import_undo 0011.works_records

-- Which import filled in what the register left blank: years and ownership of an estate, figures such as 同意户数.
ALTER TABLE estate ADD COLUMN survey_batch_id bigint REFERENCES import_batch;
ALTER TABLE estate_figure ADD COLUMN batch_id bigint REFERENCES import_batch;

-- Names longer than any real one are a paste of the wrong cell. What is stored already stays as it is.
ALTER TABLE estate ADD CONSTRAINT estate_name_length CHECK (char_length(name) <= 100) NOT VALID;
ALTER TABLE subdistrict ADD CONSTRAINT subdistrict_name_length CHECK (char_length(name) <= 100) NOT VALID;
ALTER TABLE community ADD CONSTRAINT community_name_length CHECK (char_length(name) <= 100) NOT VALID;
ALTER TABLE project ADD CONSTRAINT project_name_length CHECK (char_length(name) <= 200) NOT VALID;

CREATE TABLE open_question (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('which_estate', 'which_value', 'what_value', 'doubtful_figure', 'same_estate')),
    fingerprint text NOT NULL CHECK (fingerprint <> ''),
    subject text NOT NULL CHECK (subject <> ''),
    question jsonb NOT NULL CHECK (question ? 'zh' AND question ? 'en'),
    choices jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(choices) = 'array'),
    details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
    file_name text NOT NULL,
    file_row integer,
    batch_id bigint REFERENCES import_batch,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    asked_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    answer text CHECK (answer <> ''),
    note text,
    answered_at timestamptz,
    answered_by text,
    answer_batch_id bigint REFERENCES import_batch,
    lapsed_at timestamptz,
    UNIQUE (district_id, fingerprint),
    CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL))
);
CREATE INDEX open_question_open ON open_question (district_id, id) WHERE answer IS NULL AND lapsed_at IS NULL;

CREATE TABLE estate_alias (
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    name_key text NOT NULL CHECK (name_key <> ''),
    name text NOT NULL CHECK (name <> '' AND char_length(name) <= 100),
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    batch_id bigint REFERENCES import_batch,
    said_at timestamptz NOT NULL DEFAULT now(),
    said_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    PRIMARY KEY (district_id, name_key)
);
CREATE INDEX estate_alias_estate ON estate_alias (estate_id);

-- Of a row only some columns may have been written over: then only those are put back.
ALTER TABLE import_undo ADD COLUMN partial boolean NOT NULL DEFAULT false;
ALTER TABLE import_undo DROP CONSTRAINT import_undo_table_name_check;
ALTER TABLE import_undo ADD CONSTRAINT import_undo_table_name_check CHECK (
    table_name IN (
        'estate', 'building', 'road', 'barrier', 'entrance', 'obstacle', 'exclusion_area', 'project_estate'
    )
);
ALTER TABLE project ADD COLUMN batch_id bigint REFERENCES import_batch;

CREATE TABLE orthophoto (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    name text NOT NULL CHECK (name ~ '^[^[:cntrl:]]{1,80}$'),
    file_name text NOT NULL,
    file_sha256 text NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
    source_crs text NOT NULL,
    licence text NOT NULL CHECK (licence <> ''),
    taken_on text CHECK (taken_on ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'),
    accuracy_m double precision CHECK (accuracy_m > 0),
    pixel_m double precision NOT NULL CHECK (pixel_m > 0),
    min_zoom integer NOT NULL CHECK (min_zoom BETWEEN 0 AND 24),
    max_zoom integer NOT NULL CHECK (max_zoom BETWEEN min_zoom AND 24),
    west_deg double precision NOT NULL,
    south_deg double precision NOT NULL,
    east_deg double precision NOT NULL,
    north_deg double precision NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    stored_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    UNIQUE (district_id, name),
    CHECK (west_deg < east_deg AND south_deg < north_deg)
);

CREATE TABLE orthophoto_tile (
    orthophoto_id bigint NOT NULL REFERENCES orthophoto ON DELETE CASCADE,
    zoom integer NOT NULL CHECK (zoom BETWEEN 0 AND 24),
    tile_column integer NOT NULL CHECK (tile_column >= 0 AND tile_column < (1 << zoom)),
    tile_row integer NOT NULL CHECK (tile_row >= 0 AND tile_row < (1 << zoom)),
    image bytea NOT NULL,
    PRIMARY KEY (orthophoto_id, zoom, tile_column, tile_row)
);
