-- Proposals of bundles (片区方案), and every change a planner made to them: nothing is overwritten.
-- depends: 0006.gates

CREATE TABLE proposal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    kind text NOT NULL CHECK (kind IN ('bundled', 'official')),
    engine_version text NOT NULL,
    inputs_sha256 text NOT NULL CHECK (inputs_sha256 ~ '^[0-9a-f]{64}$'),
    parameters jsonb NOT NULL,
    answer jsonb NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    UNIQUE (district_id, name)
);

CREATE TABLE proposal_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id bigint NOT NULL REFERENCES proposal ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('made', 'move', 'merge', 'split', 'lock', 'reoptimise', 'undo', 'adopt')),
    what text NOT NULL CHECK (what <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    bundles jsonb NOT NULL,
    locked text[] NOT NULL,
    exceptions text[] NOT NULL DEFAULT '{}',
    signed_by text,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    CHECK (cardinality(exceptions) = 0 OR signed_by <> '')
);
CREATE INDEX proposal_change_proposal ON proposal_change (proposal_id, id);
