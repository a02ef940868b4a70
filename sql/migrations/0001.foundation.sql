-- District, its people and places, and the plan that was issued for it.
-- Geometry columns carry no SRID typmod: every row names the metric SRID of its district, a composite foreign key
-- holds it to the district and a CHECK holds the geometry to it.

CREATE TABLE district (
    id text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9_]{0,39}$'),
    name text NOT NULL CHECK (name <> ''),
    profile text,
    srid integer NOT NULL CHECK (srid > 0),
    west_deg double precision NOT NULL,
    south_deg double precision NOT NULL,
    east_deg double precision NOT NULL,
    north_deg double precision NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (id, srid),
    CHECK (west_deg < east_deg AND south_deg < north_deg)
);

CREATE TABLE subdistrict (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    UNIQUE (district_id, name)
);

CREATE TABLE community (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    subdistrict_id bigint NOT NULL REFERENCES subdistrict ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    UNIQUE (subdistrict_id, name)
);

CREATE TABLE import_batch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    kind text NOT NULL,
    file_name text NOT NULL,
    file_sha256 text NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
    file_layer text,
    declared_crs text,
    credit text,
    rows_read integer NOT NULL CHECK (rows_read >= 0),
    rows_stored integer NOT NULL CHECK (rows_stored BETWEEN 0 AND rows_read),
    report jsonb NOT NULL DEFAULT '{}',
    imported_at timestamptz NOT NULL DEFAULT now(),
    imported_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX import_batch_district ON import_batch (district_id, kind, imported_at DESC);

CREATE TABLE estate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    seq integer,
    name text,
    subdistrict_id bigint REFERENCES subdistrict,
    community_id bigint REFERENCES community,
    kind text NOT NULL DEFAULT '小区' CHECK (kind IN ('小区', '散居楼')),
    households integer CHECK (households >= 0),
    buildings integer CHECK (buildings >= 0),
    floor_area_10k_m2 numeric CHECK (floor_area_10k_m2 >= 0),
    year_built text,
    ownership text,
    needs text[],
    library_state text CHECK (library_state IN ('实施', '谋划', '储备')),
    linked_unit text,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry,
    batch_id bigint REFERENCES import_batch,
    geom_batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (geom IS NULL OR ST_SRID(geom) = srid),
    CHECK (geom IS NULL OR GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON')),
    CHECK (NOT illustrative OR geom IS NOT NULL)
);
CREATE INDEX estate_geom ON estate USING gist (geom);
CREATE INDEX estate_community ON estate (community_id);

CREATE TABLE building (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    estate_id bigint REFERENCES estate ON DELETE SET NULL,
    name text,
    use text,
    floors integer CHECK (floors > 0),
    households integer CHECK (households >= 0),
    height_m double precision CHECK (height_m > 0),
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid),
    CHECK (GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON'))
);
CREATE INDEX building_geom ON building USING gist (geom);
CREATE INDEX building_estate ON building (estate_id);

CREATE TABLE project (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    code text NOT NULL,
    name text NOT NULL,
    plan_year integer NOT NULL,
    UNIQUE (district_id, code),
    UNIQUE (district_id, plan_year, name)
);

CREATE TABLE project_estate (
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    source text NOT NULL CHECK (source IN ('stated', 'carried_down')),
    PRIMARY KEY (project_id, estate_id)
);
CREATE INDEX project_estate_estate ON project_estate (estate_id);

CREATE TABLE stage_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    stage_no integer NOT NULL CHECK (stage_no > 0),
    stage_name text NOT NULL,
    happened_on date NOT NULL,
    evidence text,
    illustrative boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    recorded_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true)
);
CREATE INDEX stage_event_project ON stage_event (project_id, happened_on, id);

CREATE TABLE demonstration_area (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    name text NOT NULL,
    quote text,
    note text,
    UNIQUE (district_id, name)
);

CREATE TABLE demonstration_area_estate (
    demonstration_area_id bigint NOT NULL REFERENCES demonstration_area ON DELETE CASCADE,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    PRIMARY KEY (demonstration_area_id, estate_id)
);

CREATE TABLE renewal_area (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    adopted_on date,
    provenance jsonb NOT NULL DEFAULT '{}',
    geom geometry,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (geom IS NULL OR ST_SRID(geom) = srid),
    CHECK (geom IS NULL OR GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON'))
);
CREATE INDEX renewal_area_geom ON renewal_area USING gist (geom);

CREATE TABLE renewal_area_estate (
    renewal_area_id bigint NOT NULL REFERENCES renewal_area ON DELETE CASCADE,
    estate_id bigint NOT NULL REFERENCES estate ON DELETE CASCADE,
    PRIMARY KEY (renewal_area_id, estate_id)
);

CREATE TABLE road (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL,
    name text,
    highway text,
    width_m double precision CHECK (width_m > 0),
    tunnel boolean NOT NULL DEFAULT false,
    bridge boolean NOT NULL DEFAULT false,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid),
    CHECK (GeometryType(geom) IN ('LINESTRING', 'MULTILINESTRING', 'POLYGON', 'MULTIPOLYGON'))
);
CREATE INDEX road_geom ON road USING gist (geom);

CREATE TABLE barrier (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL,
    name text,
    kind text NOT NULL,
    tunnel boolean NOT NULL DEFAULT false,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid)
);
CREATE INDEX barrier_geom ON barrier USING gist (geom);

CREATE TABLE entrance (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL,
    estate_id bigint REFERENCES estate ON DELETE SET NULL,
    name text,
    width_m double precision CHECK (width_m > 0),
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid),
    CHECK (GeometryType(geom) = 'POINT')
);
CREATE INDEX entrance_geom ON entrance USING gist (geom);

CREATE TABLE obstacle (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL,
    estate_id bigint REFERENCES estate ON DELETE SET NULL,
    kind text NOT NULL,
    removable boolean,
    cost_cny numeric CHECK (cost_cny >= 0),
    owner text,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid)
);
CREATE INDEX obstacle_geom ON obstacle USING gist (geom);

CREATE TABLE connection_point (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL,
    utility text NOT NULL,
    name text,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid),
    CHECK (GeometryType(geom) = 'POINT')
);
CREATE INDEX connection_point_geom ON connection_point USING gist (geom);

CREATE TABLE plan_baseline (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL REFERENCES district ON DELETE CASCADE,
    version integer NOT NULL CHECK (version > 0),
    document_number text NOT NULL CHECK (document_number <> ''),
    document_title text NOT NULL,
    document_date date,
    stated jsonb NOT NULL DEFAULT '{}',
    batch_id bigint REFERENCES import_batch,
    frozen_at timestamptz NOT NULL DEFAULT now(),
    frozen_by text NOT NULL DEFAULT current_setting('gisplanner.actor', true),
    UNIQUE (district_id, version)
);

CREATE TABLE plan_baseline_row (
    baseline_id bigint NOT NULL REFERENCES plan_baseline ON DELETE CASCADE,
    estate_code text NOT NULL,
    seq integer NOT NULL,
    subdistrict text NOT NULL,
    community text NOT NULL,
    name text NOT NULL,
    households integer,
    buildings integer,
    floor_area_10k_m2 numeric,
    project_code text NOT NULL,
    project_name text NOT NULL,
    project_source text NOT NULL CHECK (project_source IN ('stated', 'carried_down')),
    PRIMARY KEY (baseline_id, estate_code)
);

CREATE TABLE plan_adjustment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    from_baseline_id bigint NOT NULL REFERENCES plan_baseline ON DELETE CASCADE,
    to_baseline_id bigint NOT NULL REFERENCES plan_baseline ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('add', 'drop', 'split', 'rename', 'figures', 'project')),
    estate_code text NOT NULL,
    split_from_code text CHECK (split_from_code IS NULL OR kind = 'split'),
    before jsonb,
    after jsonb,
    document text NOT NULL CHECK (document <> '')
);
CREATE INDEX plan_adjustment_to ON plan_adjustment (to_baseline_id);

CREATE TABLE history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    table_name text NOT NULL,
    row_id bigint NOT NULL,
    operation text NOT NULL CHECK (operation IN ('UPDATE', 'DELETE')),
    before jsonb NOT NULL,
    before_geom geometry,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by text NOT NULL
);
CREATE INDEX history_geom ON history USING gist (before_geom);
CREATE INDEX history_row ON history (table_name, row_id, changed_at);
CREATE INDEX history_district ON history (district_id, changed_at);

-- Which files of sql/ stand in this database: equal to the program's own, opening it needs no work at all.
CREATE TABLE installed_sql (
    file text PRIMARY KEY,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    installed_at timestamptz NOT NULL DEFAULT now()
);
