-- Imports of connection points are taken back like those of other layers.
-- depends: 0020.ledgers_and_imagery
ALTER TABLE import_undo DROP CONSTRAINT import_undo_table_name_check;
ALTER TABLE import_undo ADD CONSTRAINT import_undo_table_name_check CHECK (
    table_name IN (
        'estate', 'building', 'road', 'barrier', 'entrance', 'obstacle', 'exclusion_area', 'project_estate',
        'connection_point'
    )
);
