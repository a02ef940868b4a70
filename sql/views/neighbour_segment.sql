-- Lines of others near to an account's own (邻近管线): a company sees those of others only where they come within 5 m of
-- its own, cut off there. The view reads with the right of its owner, so that row-level security of pipe_segment does
-- not hide them; who asks is in the condition.
CREATE VIEW neighbour_segment WITH (security_barrier = true) AS
SELECT
    line.district_id,
    line.owner || '/' || line.utility || '/' || line.code AS code,
    line.owner,
    line.utility,
    line.section_text,
    line.diameter_mm,
    line.width_mm,
    line.height_mm,
    line.material,
    line.pressure,
    line.voltage_kv,
    line.laying,
    line.depth_m,
    line.accuracy,
    line.place,
    line.surface,
    line.status,
    line.common_trench,
    line.illustrative,
    line.code AS own_code,
    near.geom
FROM pipe_segment AS line
CROSS JOIN LATERAL (
    SELECT ST_CollectionExtract(ST_Intersection(line.geom, ST_Union(ST_Buffer(own.geom, 5.0, 'quad_segs=16'))), 2) AS geom
    FROM pipe_segment AS own
    WHERE own.district_id = line.district_id
        AND own.replaced_by IS NULL
        AND own.owner = ANY ((SELECT request_scope('owner'))::text[])
        AND ST_DWithin(own.geom, line.geom, 5.0)
) AS near
WHERE line.replaced_by IS NULL
    AND (SELECT request_role()) = 'operator'
    AND line.owner <> ALL ((SELECT request_scope('owner'))::text[])
    AND (
        (SELECT request_scope('district')) IS NULL
        OR line.district_id = ANY ((SELECT request_scope('district'))::text[])
    )
    AND NOT ST_IsEmpty(near.geom);

COMMENT ON VIEW neighbour_segment IS '邻近管线：管线单位只看得到其他单位在自己管线 5 m 以内的部分，截断到该范围';
COMMENT ON COLUMN neighbour_segment.district_id IS '所属区县';
COMMENT ON COLUMN neighbour_segment.code IS '权属单位/种类/编码，与冲突清单一致';
COMMENT ON COLUMN neighbour_segment.owner IS '权属单位';
COMMENT ON COLUMN neighbour_segment.utility IS '管线种类代号';
COMMENT ON COLUMN neighbour_segment.section_text IS '管径或断面（原文）';
COMMENT ON COLUMN neighbour_segment.diameter_mm IS '管径，毫米';
COMMENT ON COLUMN neighbour_segment.width_mm IS '断面宽，毫米';
COMMENT ON COLUMN neighbour_segment.height_mm IS '断面高，毫米';
COMMENT ON COLUMN neighbour_segment.material IS '材质';
COMMENT ON COLUMN neighbour_segment.pressure IS '压力级别';
COMMENT ON COLUMN neighbour_segment.voltage_kv IS '电压，kV';
COMMENT ON COLUMN neighbour_segment.laying IS '埋设方式';
COMMENT ON COLUMN neighbour_segment.depth_m IS '埋深，米';
COMMENT ON COLUMN neighbour_segment.accuracy IS '数据精度';
COMMENT ON COLUMN neighbour_segment.place IS '所在位置';
COMMENT ON COLUMN neighbour_segment.surface IS '地面';
COMMENT ON COLUMN neighbour_segment.status IS '使用状态';
COMMENT ON COLUMN neighbour_segment.common_trench IS '同沟编号';
COMMENT ON COLUMN neighbour_segment.illustrative IS '示意数据';
COMMENT ON COLUMN neighbour_segment.own_code IS '权属单位自己的编码';
COMMENT ON COLUMN neighbour_segment.geom IS '5 m 以内的部分，区县米制坐标系';

GRANT SELECT ON neighbour_segment TO gisplanner_request;
