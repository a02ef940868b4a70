-- The local independent grid of a city (独立坐标系), by the points that are known in it and in the district's system.

CREATE TABLE local_grid (
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    name text NOT NULL CHECK (name ~ '^[^[:space:][:cntrl:]:]{1,40}$'),
    along double precision NOT NULL,
    across double precision NOT NULL,
    east_m double precision NOT NULL,
    north_m double precision NOT NULL,
    limit_m double precision NOT NULL CHECK (limit_m > 0),
    max_residual_m double precision NOT NULL CHECK (max_residual_m BETWEEN 0 AND limit_m),
    points jsonb NOT NULL CHECK (jsonb_typeof(points) = 'array' AND jsonb_array_length(points) >= 3),
    stored_at timestamptz NOT NULL DEFAULT now(),
    stored_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    PRIMARY KEY (district_id, name),
    CHECK (along <> 0 OR across <> 0)
);
