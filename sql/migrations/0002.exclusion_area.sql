-- Areas that take estates out of the scope of a policy document: 棚改 plans, land to be cleared (征迁), 城中村 …
-- depends: 0001.foundation

CREATE TABLE exclusion_area (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district_id text NOT NULL,
    srid integer NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    name text,
    kind text NOT NULL CHECK (kind IN ('棚改', '征迁', '自建房', '城中村', '未注明')),
    illustrative boolean NOT NULL DEFAULT false,
    geom geometry NOT NULL,
    batch_id bigint REFERENCES import_batch,
    UNIQUE (district_id, code),
    FOREIGN KEY (district_id, srid) REFERENCES district (id, srid) ON DELETE CASCADE,
    CHECK (ST_SRID(geom) = srid),
    CHECK (GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON'))
);
CREATE INDEX exclusion_area_geom ON exclusion_area USING gist (geom);
