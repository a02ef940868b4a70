-- Passwords and sessions of the page, files handed in over the net, and jobs that run outside the request.
-- depends: 0003.accounts

ALTER TABLE account ADD COLUMN password text CHECK (password LIKE '$argon2id$%');

ALTER TABLE account_event DROP CONSTRAINT account_event_event_check;
ALTER TABLE account_event ADD CHECK (event IN (
    'added', 'changed', 'token_issued', 'token_revoked', 'password_set', 'logged_in', 'log_in_refused', 'logged_out'
));

CREATE TABLE web_session (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    sha256 bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK (expires_at > created_at)
);
CREATE INDEX web_session_account ON web_session (account_id);

CREATE TABLE log_in_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL,
    address text NOT NULL,
    attempted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX log_in_attempt_account ON log_in_attempt (account, attempted_at);
CREATE INDEX log_in_attempt_address ON log_in_attempt (address, attempted_at);

CREATE TABLE uploaded_file (
    id uuid PRIMARY KEY,
    account text NOT NULL CHECK (account <> ''),
    file_name text NOT NULL CHECK (char_length(file_name) BETWEEN 1 AND 255 AND file_name !~ '[/\\[:cntrl:]]'),
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX uploaded_file_account ON uploaded_file (account, received_at);

CREATE TABLE job (
    id uuid PRIMARY KEY,
    process text NOT NULL CHECK (process ~ '^[a-z][a-z0-9-]{0,39}$'),
    account text NOT NULL CHECK (account <> ''),
    role text NOT NULL CHECK (role IN ('admin', 'planner', 'subdistrict', 'lead', 'operator', 'reviewer')),
    scope jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(scope) = 'object'),
    inputs jsonb NOT NULL CHECK (jsonb_typeof(inputs) = 'object'),
    status text NOT NULL DEFAULT 'accepted'
        CHECK (status IN ('accepted', 'running', 'successful', 'failed', 'dismissed')),
    attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    worker text,
    progress integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    message text,
    written_at timestamptz,
    result jsonb,
    error jsonb,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz,
    alive_at timestamptz,
    finished_at timestamptz,
    CHECK ((status IN ('successful', 'failed', 'dismissed')) = (finished_at IS NOT NULL)),
    CHECK (status <> 'successful' OR result IS NOT NULL),
    CHECK (status <> 'failed' OR error IS NOT NULL)
);
CREATE INDEX job_account ON job (account, created_at DESC);
CREATE INDEX job_open ON job (status, alive_at) WHERE status IN ('accepted', 'running');
