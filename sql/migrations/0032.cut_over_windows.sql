-- Cut-over windows (割接窗口): counted back from a fixed day and kept for each company, and what a company booked in its
-- own. Only added to; the last word on an estate, company and building holds.
-- depends: 0029.response_of_jobs

CREATE TABLE cut_over_window (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    owner text NOT NULL CHECK (btrim(owner) <> ''),
    kind text NOT NULL CHECK (kind IN ('预留', '预约')),
    building text CHECK (btrim(building) <> ''),
    first_day date NOT NULL,
    last_day date NOT NULL,
    fixed_day date CHECK (fixed_day >= last_day),
    cancelled boolean NOT NULL DEFAULT false,
    note text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    CHECK (last_day >= first_day),
    CHECK (building IS NULL OR kind = '预约'),
    CHECK ((kind = '预留') = (fixed_day IS NOT NULL))
);
CREATE INDEX cut_over_window_estate ON cut_over_window (district_id, estate_id, owner, kind, building, id DESC);
