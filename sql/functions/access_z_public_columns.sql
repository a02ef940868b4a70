-- What the public and companies are not shown of a row (非公开字段): households, money, owners, keys, proofs. Of
-- the tables named here they read views of their own, in which those columns are empty; the tables themselves have no
-- row for them. What a table makes of its geometry to be served is exact, and empty there as well. A request of theirs
-- finds the views first, so that the queries of the layers are the same for everybody.

CREATE OR REPLACE FUNCTION request_search_path(role text, fields text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN role IN ('public', 'operator') AND fields <> 'all' THEN 'gisplanner_public,gisplanner,public'
        ELSE 'gisplanner,public'
    END
$$;
COMMENT ON FUNCTION request_search_path(text, text) IS '请求按角色先看到哪些表：公众和管线单位先看到去掉非公开字段的视图';

CREATE SCHEMA gisplanner_public;
COMMENT ON SCHEMA gisplanner_public IS '公众和管线单位所见：同名视图，非公开字段为空';
GRANT USAGE ON SCHEMA gisplanner_public TO gisplanner_request;

DO $access$
DECLARE
    masked record;
    columns text;
    -- Maps and their figures are drawn of all columns and show what their readers may see.
    whole CONSTANT text :=
        '(SELECT request_role()) NOT IN (''public'', ''operator'') '
        'OR (SELECT current_setting(''gisplanner.fields'', true)) = ''all''';
    in_scope CONSTANT text :=
        '((SELECT request_scope(''district'')) IS NULL OR district_id = ANY ((SELECT request_scope(''district''))::text[]))';
    of_project CONSTANT text :=
        'EXISTS (SELECT 1 FROM gisplanner.project WHERE project.id = project_id AND ' || in_scope || ')';
BEGIN
    FOR masked IN
        SELECT * FROM (VALUES
            ('estate', ARRAY['households', 'cost_10k_cny'], in_scope),
            ('building', ARRAY['households', 'extinguishers'], in_scope),
            ('entrance', ARRAY['key_holder'], in_scope),
            ('obstacle', ARRAY['cost_cny', 'owner', 'key_holder'], in_scope),
            ('barrier', ARRAY['key_holder'], in_scope),
            ('stage_event', ARRAY['evidence', 'recorded_by'], of_project)
        ) AS tables (name, hidden, reach)
    LOOP
        SELECT string_agg(
            CASE WHEN attname = ANY (masked.hidden) OR attgenerated <> ''
                THEN format('NULL::%s AS %I', format_type(atttypid, atttypmod), attname)
                ELSE format('%I', attname)
            END, ', ' ORDER BY attnum
        ) INTO columns
        FROM pg_attribute
        WHERE attrelid = format('gisplanner.%I', masked.name)::regclass AND attnum > 0 AND NOT attisdropped;

        EXECUTE format(
            'CREATE VIEW gisplanner_public.%1$I WITH (security_barrier = true) AS SELECT %2$s FROM gisplanner.%1$I '
            'WHERE (SELECT request_role()) IN (''public'', ''operator'') AND %3$s', masked.name, columns, masked.reach
        );
        EXECUTE format('GRANT SELECT ON gisplanner_public.%I TO gisplanner_request', masked.name);
        EXECUTE format('DROP POLICY IF EXISTS request_whole_rows ON %I', masked.name);
        EXECUTE format(
            'CREATE POLICY request_whole_rows ON %I AS RESTRICTIVE FOR SELECT TO gisplanner_request USING (%s)',
            masked.name, whole
        );
    END LOOP;
END
$access$;
