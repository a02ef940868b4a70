-- What a request of the server may see. The program owns the tables and is bound by nothing here; a request runs as
-- the role gisplanner_request, which has no right but those below. A new table is closed until it is opened here.

CREATE OR REPLACE FUNCTION request_role() RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(NULLIF(current_setting('gisplanner.role', true), ''), 'public')
$$;
COMMENT ON FUNCTION request_role() IS '当前请求的角色；未登录为 public';

CREATE OR REPLACE FUNCTION request_scope(kind text) RETURNS text[]
LANGUAGE sql STABLE AS $$
    -- One expression, so that the planner puts it in place: a policy asks for it in every statement.
    SELECT NULLIF(current_setting('gisplanner.scope_' || kind, true), '')::text[]
$$;
COMMENT ON FUNCTION request_scope(text) IS '当前账户在某一方面（district、subdistrict、owner）的范围；空 = 未作限制';

CREATE OR REPLACE FUNCTION scope_array(scope jsonb, kind text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
-- Every request asks for three of them: this language keeps its plans, SQL would make them anew each time.
BEGIN
    RETURN CASE WHEN scope ? kind THEN ARRAY(SELECT jsonb_array_elements_text(scope -> kind))::text ELSE '' END;
END
$$;
COMMENT ON FUNCTION scope_array(jsonb, text) IS '账户在某一方面的范围写成数组的文字；空 = 未作限制';

DO $access$
DECLARE
    opened record;
    in_scope CONSTANT text :=
        '((SELECT request_scope(''district'')) IS NULL OR %I = ANY ((SELECT request_scope(''district''))::text[]))';
    not_outside CONSTANT text := '(SELECT request_role()) NOT IN (''public'', ''operator'')';
    decided CONSTANT text[] := ARRAY[
        'estate', 'building', 'road', 'barrier', 'entrance', 'obstacle', 'renewal_area', 'connection_point',
        'pipe_segment', 'network_point', 'network_task'
    ];
    of_networks CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'', ''lead'')';
    own CONSTANT text :=
        '((SELECT request_role()) = ''operator'' AND owner = ANY ((SELECT request_scope(''owner''))::text[]))';
    of_my_lines CONSTANT text :=
        '((SELECT request_role()) = ''operator'' AND ARRAY[split_part(a, ''/'', 1), split_part(b, ''/'', 1)] '
        '&& (SELECT request_scope(''owner''))::text[])';
BEGIN
    FOR opened IN SELECT tablename FROM pg_tables WHERE schemaname = 'gisplanner' LOOP
        EXECUTE format('REVOKE ALL ON %I FROM gisplanner_request', opened.tablename);
    END LOOP;
    REVOKE ALL ON SCHEMA gisplanner FROM gisplanner_request;
    GRANT USAGE ON SCHEMA gisplanner TO gisplanner_request;

    FOR opened IN
        SELECT rules.name, rules.rule
        FROM (VALUES
            ('district', format(in_scope, 'id')),
            ('subdistrict', format(in_scope, 'district_id')),
            ('community', format(in_scope, 'district_id')),
            ('estate', format(in_scope, 'district_id')),
            ('building', format(in_scope, 'district_id')),
            ('road', format(in_scope, 'district_id')),
            ('barrier', format(in_scope, 'district_id')),
            ('entrance', format(in_scope, 'district_id')),
            ('obstacle', format(in_scope, 'district_id')),
            ('renewal_area', format(in_scope, 'district_id')),
            ('demonstration_area', format(in_scope, 'district_id')),
            ('project', format(in_scope, 'district_id')),
            ('project_estate', 'EXISTS (SELECT 1 FROM project WHERE project.id = project_id)'),
            -- A sub-district is told of the projects with an estate of its own.
            (
                'stage_event',
                'EXISTS (SELECT 1 FROM project WHERE project.id = project_id) AND ((SELECT request_role()) <> ''subdistrict'' '
                || 'OR project_id IN (SELECT project_id FROM project_estate WHERE estate_id IN (SELECT id FROM estate)))'
            ),
            ('project_fact', not_outside || ' AND EXISTS (SELECT 1 FROM project WHERE project.id = project_id)'),
            ('connection_point', of_networks || ' AND ' || format(in_scope, 'district_id')),
            ('pipe_segment', '(' || of_networks || ' OR ' || own || ') AND ' || format(in_scope, 'district_id')),
            ('network_point', '(' || of_networks || ' OR ' || own || ') AND ' || format(in_scope, 'district_id')),
            ('segment_event', '(' || of_networks || ' OR ' || own || ') AND ' || format(in_scope, 'district_id')),
            ('network_task', '(' || not_outside || ' OR ' || own || ') AND ' || format(in_scope, 'district_id')),
            ('network_task_step', 'EXISTS (SELECT 1 FROM network_task WHERE network_task.id = task_id)'),
            ('gas_intent', '(' || not_outside || ' OR ' || own || ') AND ' || format(in_scope, 'district_id')),
            ('clearance_exception', '(' || of_networks || ' OR ' || of_my_lines || ') AND '
                || format(in_scope, 'district_id')),
            ('network_upload', '(' || of_networks || ' OR ' || own || ') AND ' || format(in_scope, 'district_id')),
            ('filing_event', '(' || not_outside || ' OR ' || own || ') AND ' || format(in_scope, 'district_id')),
            ('import_batch', not_outside || ' AND ' || format(in_scope, 'district_id')),
            ('plan_baseline', not_outside || ' AND ' || format(in_scope, 'district_id')),
            ('plan_baseline_row', 'EXISTS (SELECT 1 FROM plan_baseline WHERE plan_baseline.id = baseline_id)'),
            ('plan_adjustment', 'EXISTS (SELECT 1 FROM plan_baseline WHERE plan_baseline.id = to_baseline_id)')
        ) AS rules (name, rule)
        UNION ALL
        -- Features nobody has decided on yet: for those who work on the district, not for the public and companies.
        SELECT pg_tables.tablename::text, not_outside || ' AND ' || format(in_scope, 'district_id')
        FROM pg_tables
        WHERE pg_tables.schemaname = 'gisplanner'
          AND NOT (pg_tables.tablename = ANY (decided))
          AND 3 = (
              SELECT count(*)
              FROM pg_attribute
              WHERE attrelid = format('gisplanner.%I', pg_tables.tablename)::regclass
                AND attname IN ('district_id', 'srid', 'geom') AND NOT attisdropped
          )
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', opened.name);
        EXECUTE format('DROP POLICY IF EXISTS request_reads ON %I', opened.name);
        EXECUTE format(
            'CREATE POLICY request_reads ON %I FOR SELECT TO gisplanner_request USING (%s)', opened.name, opened.rule
        );
        EXECUTE format('GRANT SELECT ON %I TO gisplanner_request', opened.name);
    END LOOP;
END
$access$;

CREATE OR REPLACE FUNCTION public_geometry(geom geometry, grid_m double precision) RETURNS geometry
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN NOT ST_IsEmpty(moved) THEN moved
        WHEN ST_Dimension(geom) = 2 THEN ST_SetSRID(ST_MakeBox2D(low, high)::geometry, ST_SRID(geom))
        WHEN ST_Dimension(geom) = 1 THEN ST_SetSRID(ST_MakeLine(low, ST_MakePoint(ST_X(high), ST_Y(low))), ST_SRID(geom))
    END
    FROM (SELECT ST_ReducePrecision(geom, grid_m) AS moved) AS reduced
    CROSS JOIN (
        SELECT
            ST_MakePoint(floor(ST_XMin(geom) / grid_m) * grid_m, floor(ST_YMin(geom) / grid_m) * grid_m) AS low,
            ST_MakePoint(
                (floor(ST_XMax(geom) / grid_m) + 1) * grid_m, (floor(ST_YMax(geom) / grid_m) + 1) * grid_m
            ) AS high
    ) AS cells
$$;
COMMENT ON FUNCTION public_geometry(geometry, double precision) IS
'公众版图形：坐标概化到 grid_m 米的网格；小于网格的面取所在网格';
