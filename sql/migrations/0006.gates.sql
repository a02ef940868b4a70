-- What must be in hand before a project may enter a stage (前置), recorded as it happens; and how a district counts 公示.
-- depends: 0001.foundation

CREATE TABLE project_fact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('date', 'gate', 'signature', 'defect')),
    name text NOT NULL CHECK (btrim(name) <> ''),
    done boolean NOT NULL DEFAULT true,
    happened_on date NOT NULL,
    evidence text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX project_fact_project ON project_fact (project_id, kind, name, happened_on, id);

ALTER TABLE district ADD COLUMN notice_counts_start_day boolean NOT NULL DEFAULT false;
