-- What is looked for on the ground before a plan is drawn: red lines of projects with the municipal facilities inside
-- them, public rooms and state assets of estates, leftover land around them.
-- depends: 0026.undo_of_connection_points

CREATE TABLE red_line (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    name text,
    project text CHECK (project <> ''),
    document text,
    drawn_on date,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid),
    CHECK (GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON'))
);
CREATE INDEX red_line_geom ON red_line USING gist (geom);

CREATE TABLE municipal_facility (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    kind text NOT NULL CHECK (kind <> ''),
    name text,
    condition text CHECK (condition IN ('完好', '破损', '缺失', '停用')),
    owner text,
    keeper text,
    quantity numeric CHECK (quantity >= 0),
    unit text,
    surveyed_on date,
    note text,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid)
);
CREATE INDEX municipal_facility_geom ON municipal_facility USING gist (geom);

CREATE TABLE public_room (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    estate_id bigint REFERENCES estate ON DELETE SET NULL,
    kind text NOT NULL CHECK (kind IN ('公共用房', '国有资产', '闲置房屋', '未注明')),
    name text,
    current_use text,
    state text CHECK (state IN ('在用', '闲置', '出租', '被占用')),
    area_m2 numeric CHECK (area_m2 >= 0),
    owner text,
    surveyed_on date,
    note text,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid)
);
CREATE INDEX public_room_geom ON public_room USING gist (geom);
CREATE INDEX public_room_estate ON public_room (estate_id);

CREATE TABLE leftover_land (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    name text,
    kind text NOT NULL CHECK (kind IN ('边角地', '夹心地', '插花地', '其他零星用地', '未注明')),
    owner text,
    current_use text,
    planned_use text,
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid),
    CHECK (GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON'))
);
CREATE INDEX leftover_land_geom ON leftover_land USING gist (geom);

ALTER TABLE import_undo DROP CONSTRAINT import_undo_table_name_check;
ALTER TABLE import_undo ADD CONSTRAINT import_undo_table_name_check CHECK (
    table_name IN (
        'estate', 'building', 'road', 'barrier', 'entrance', 'obstacle', 'exclusion_area', 'project_estate',
        'connection_point', 'red_line', 'municipal_facility', 'public_room', 'leftover_land'
    )
);
