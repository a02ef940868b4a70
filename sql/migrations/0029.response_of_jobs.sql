-- The form a job's result was asked for in: as it is, or in a document of all outputs.
-- depends: 0012.sessions_and_jobs
ALTER TABLE job ADD COLUMN response text NOT NULL DEFAULT 'raw' CHECK (response IN ('raw', 'document'));
