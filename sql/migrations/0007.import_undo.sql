-- What an import wrote over or removed, so that a whole batch can be taken back.

ALTER TABLE import_batch ADD COLUMN undone_at timestamptz;
ALTER TABLE import_batch ADD COLUMN undone_by text;
ALTER TABLE import_batch ADD CHECK ((undone_at IS NULL) = (undone_by IS NULL));

CREATE TABLE import_undo (
    batch_id bigint NOT NULL REFERENCES import_batch ON DELETE CASCADE,
    table_name text NOT NULL CHECK (
        table_name IN ('estate', 'building', 'road', 'barrier', 'entrance', 'obstacle', 'exclusion_area')
    ),
    code text NOT NULL,
    before jsonb NOT NULL,
    before_geom geometry,
    PRIMARY KEY (batch_id, table_name, code)
);
CREATE INDEX import_undo_geom ON import_undo USING gist (before_geom);
