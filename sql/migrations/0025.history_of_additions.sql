-- A feature that is added one by one leaves a line in the history like one that is changed: who, when, from nothing.
-- depends: 0001.foundation
ALTER TABLE history DROP CONSTRAINT history_operation_check;
ALTER TABLE history ADD CONSTRAINT history_operation_check CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE'));
ALTER TABLE history ADD CONSTRAINT history_insert_from_nothing CHECK (operation <> 'INSERT' OR before = '{}');
