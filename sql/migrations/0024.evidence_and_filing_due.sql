-- The files that prove a stage (佐证材料), photos of what is pulled down, and the day by which plans of networks are due
-- (管线方案报送期限), which no document gives.
-- depends: 0020.ledgers_and_imagery

CREATE TABLE stage_evidence (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stage_event_id bigint NOT NULL REFERENCES stage_event ON DELETE CASCADE,
    file_name text NOT NULL CHECK (btrim(file_name) <> '' AND char_length(file_name) <= 200),
    media_type text NOT NULL CHECK (media_type IN (
        'application/pdf', 'image/jpeg', 'image/png',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
    )),
    content bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 8000000),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    UNIQUE (stage_event_id, sha256)
);

CREATE TABLE filing_due (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    project_id bigint REFERENCES project ON DELETE CASCADE,
    due_on date NOT NULL,
    set_on date NOT NULL,
    document text NOT NULL CHECK (btrim(document) <> ''),
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    CHECK (due_on >= set_on)
);
CREATE INDEX filing_due_district ON filing_due (district_id, project_id, set_on, id);
CREATE INDEX filing_due_project ON filing_due (project_id);

-- A demolition has photos of its own, with who took them.
ALTER TABLE estate_photo ADD COLUMN taken_by text;
ALTER TABLE estate_photo DROP CONSTRAINT estate_photo_phase_check;
ALTER TABLE estate_photo ADD CONSTRAINT estate_photo_phase_check CHECK (
    phase IN ('改造前', '改造后') AND demolition_id IS NULL
    OR phase IN ('拆除前', '拆除后') AND demolition_id IS NOT NULL
);
ALTER TABLE estate_photo DROP CONSTRAINT estate_photo_estate_id_sha256_key;
CREATE UNIQUE INDEX estate_photo_once ON estate_photo (estate_id, COALESCE(demolition_id, 0), sha256);
CREATE INDEX estate_photo_demolition ON estate_photo (demolition_id, phase, happened_on, id);
