-- Rows a district corrects or adds in the clearance tables (净距表区县修正), what stands on gas lines as demolition cases
-- (占压转拆违), poles and kerbs in the check, and gas connection intents (燃气报装意向) in one place.
-- depends: 0020.ledgers_and_imagery

CREATE TABLE clearance_row (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    table_name text NOT NULL CHECK (table_name IN ('horizontal', 'vertical', 'cover')),
    row_id text NOT NULL CHECK (btrim(row_id) <> '' AND char_length(row_id) <= 40),
    state text NOT NULL CHECK (state IN ('set', 'withdrawn')),
    row_values jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(row_values) = 'object'),
    source text NOT NULL CHECK (btrim(source) <> ''),
    decided_by text NOT NULL CHECK (btrim(decided_by) <> ''),
    decided_on date NOT NULL,
    file_name text NOT NULL CHECK (file_name <> ''),
    file_sha256 text NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX clearance_row_last ON clearance_row (district_id, table_name, row_id, id DESC);

ALTER TABLE clearance_exception DROP CONSTRAINT clearance_exception_kind_check;
ALTER TABLE clearance_exception ADD CONSTRAINT clearance_exception_kind_check
    CHECK (kind IN ('horizontal', 'vertical', 'building', 'cover', 'tree', 'pole', 'kerb'));

-- What a pole of a power line carries decides how far off a pipe has to stay.
ALTER TABLE network_point ADD COLUMN voltage_kv double precision CHECK (voltage_kv > 0);

CREATE TABLE demolition_encroachment (
    demolition_id bigint NOT NULL REFERENCES demolition ON DELETE CASCADE,
    task_id bigint NOT NULL UNIQUE REFERENCES network_task ON DELETE CASCADE,
    clause text NOT NULL CHECK (clause <> ''),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    PRIMARY KEY (demolition_id, task_id)
);

-- Intents that were written down among the figures of an estate; the company is the one that counts there already, or
-- the only one with gas lines, and stays open where nobody can tell.
INSERT INTO gas_intent (
    district_id, estate_id, owner, households, stated_on, note, illustrative, recorded_at, recorded_by
)
SELECT
    estate.district_id, figure.estate_id,
    COALESCE(
        (SELECT told.owner FROM gas_intent AS told WHERE told.district_id = estate.district_id ORDER BY told.id DESC LIMIT 1),
        (
            SELECT min(line.owner) FROM pipe_segment AS line
            WHERE line.district_id = estate.district_id AND line.utility = 'gas' AND line.replaced_by IS NULL
            HAVING count(DISTINCT line.owner) = 1
        ),
        '燃气公司（待定）'
    ),
    figure.amount::integer, figure.happened_on, figure.source, figure.illustrative, figure.recorded_at,
    figure.recorded_by
FROM estate_figure AS figure
JOIN estate ON estate.id = figure.estate_id
WHERE figure.kind = '燃气报装意向'
ORDER BY figure.happened_on, figure.id;
ALTER TABLE estate_figure DISABLE TRIGGER USER;
DELETE FROM estate_figure WHERE kind = '燃气报装意向';
ALTER TABLE estate_figure ENABLE TRIGGER USER;
ALTER TABLE estate_figure ADD CONSTRAINT estate_figure_no_gas_intent CHECK (kind <> '燃气报装意向');
