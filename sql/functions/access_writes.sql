-- What a request of the server may write, and what it sees of others' sub-districts and jobs. Read rules stand in
-- access.sql; a table that is not named here cannot be written by any request.

CREATE OR REPLACE FUNCTION request_actor() RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(NULLIF(current_setting('gisplanner.actor', true), ''), 'public')
$$;
COMMENT ON FUNCTION request_actor() IS '当前请求的账户名；未登录为 public';

DO $access$
DECLARE
    opened record;
    verb text;
    rule text;
    office CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'')';
    in_scope CONSTANT text :=
        '((SELECT request_scope(''district'')) IS NULL OR district_id = ANY ((SELECT request_scope(''district''))::text[]))';
    street CONSTANT text := '(SELECT request_role()) = ''subdistrict''';
    own_lines CONSTANT text :=
        '((SELECT request_role()) = ''operator'' AND owner = ANY ((SELECT request_scope(''owner''))::text[]))';
    own_streets CONSTANT text :=
        'subdistrict_id IN (SELECT id FROM subdistrict '
        'WHERE name = ANY ((SELECT request_scope(''subdistrict''))::text[]))';
    own_estates CONSTANT text :=
        'estate_id IN (SELECT id FROM estate WHERE subdistrict_id IN (SELECT id FROM subdistrict '
        'WHERE name = ANY ((SELECT request_scope(''subdistrict''))::text[])))';
    of_batch CONSTANT text :=
        'EXISTS (SELECT 1 FROM import_batch WHERE import_batch.id = batch_id '
        'AND import_batch.imported_by = (SELECT request_actor()))';
BEGIN
    FOR opened IN
        SELECT * FROM (VALUES
            -- table, verbs, who beside the offices, the part that is theirs
            ('estate', ARRAY['INSERT', 'DELETE'], NULL, NULL),
            ('estate', ARRAY['UPDATE'], street, own_streets),
            ('building', ARRAY['INSERT', 'UPDATE', 'DELETE'], street, own_estates),
            ('entrance', ARRAY['INSERT', 'UPDATE', 'DELETE'], street, own_estates),
            ('obstacle', ARRAY['INSERT', 'UPDATE', 'DELETE'], street, own_estates),
            ('public_room', ARRAY['INSERT', 'UPDATE', 'DELETE'], street, own_estates),
            ('road', ARRAY['INSERT', 'UPDATE', 'DELETE'], NULL, NULL),
            ('barrier', ARRAY['INSERT', 'UPDATE', 'DELETE'], NULL, NULL),
            ('exclusion_area', ARRAY['INSERT', 'UPDATE', 'DELETE'], NULL, NULL),
            ('connection_point', ARRAY['INSERT', 'UPDATE', 'DELETE'], NULL, NULL),
            ('red_line', ARRAY['INSERT', 'UPDATE', 'DELETE'], NULL, NULL),
            ('municipal_facility', ARRAY['INSERT', 'UPDATE', 'DELETE'], NULL, NULL),
            ('leftover_land', ARRAY['INSERT', 'UPDATE', 'DELETE'], NULL, NULL),
            ('renewal_area', ARRAY['INSERT', 'UPDATE', 'DELETE'], NULL, NULL),
            ('subdistrict', ARRAY['INSERT', 'UPDATE'], NULL, NULL),
            ('community', ARRAY['INSERT', 'UPDATE'], NULL, NULL),
            ('project', ARRAY['INSERT', 'UPDATE', 'DELETE'], NULL, NULL),
            ('plan_baseline', ARRAY['INSERT'], NULL, NULL),
            ('demonstration_area', ARRAY['INSERT', 'UPDATE', 'DELETE'], NULL, NULL),
            ('pipe_segment', ARRAY['INSERT', 'UPDATE'], own_lines, 'true'),
            ('network_point', ARRAY['INSERT', 'UPDATE'], own_lines, 'true'),
            ('network_upload', ARRAY['INSERT'], own_lines, 'true'),
            ('import_batch', ARRAY['INSERT'], street, 'imported_by = (SELECT request_actor())')
        ) AS rules (name, verbs, others, theirs)
    LOOP
        FOREACH verb IN ARRAY opened.verbs LOOP
            rule := format(
                '(%s OR %s) AND %s', office,
                COALESCE('(' || opened.others || ' AND ' || opened.theirs || ')', 'false'), in_scope
            );
            EXECUTE format('DROP POLICY IF EXISTS %I ON %I', 'request_' || lower(verb), opened.name);
            EXECUTE format(
                'CREATE POLICY %I ON %I FOR %s TO gisplanner_request %s', 'request_' || lower(verb), opened.name, verb,
                CASE verb
                    WHEN 'INSERT' THEN format('WITH CHECK (%s)', rule)
                    WHEN 'DELETE' THEN format('USING (%s)', rule)
                    ELSE format('USING (%1$s) WITH CHECK (%1$s)', rule)
                END
            );
            EXECUTE format('GRANT %s ON %I TO gisplanner_request', verb, opened.name);
        END LOOP;
    END LOOP;

    -- Rows that belong to a row above and have no district of their own.
    FOR opened IN
        SELECT * FROM (VALUES
            ('project_estate', ARRAY['INSERT', 'DELETE'], office),
            ('plan_baseline_row', ARRAY['INSERT'], office),
            ('plan_adjustment', ARRAY['INSERT'], office),
            ('demonstration_area_estate', ARRAY['SELECT', 'INSERT', 'DELETE'], office),
            ('import_undo', ARRAY['SELECT', 'INSERT'], of_batch)
        ) AS rules (name, verbs, rule)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', opened.name);
        FOREACH verb IN ARRAY opened.verbs LOOP
            EXECUTE format('DROP POLICY IF EXISTS %I ON %I', 'request_' || lower(verb), opened.name);
            EXECUTE format(
                'CREATE POLICY %I ON %I FOR %s TO gisplanner_request %s (%s)', 'request_' || lower(verb), opened.name,
                verb, CASE verb WHEN 'INSERT' THEN 'WITH CHECK' ELSE 'USING' END, opened.rule
            );
            EXECUTE format('GRANT %s ON %I TO gisplanner_request', verb, opened.name);
        END LOOP;
    END LOOP;

    -- A sub-district works on its own estates only: those of others, with what stands in them, are not there for it.
    FOR opened IN
        SELECT * FROM (VALUES
            ('estate', own_streets),
            ('building', 'estate_id IS NULL OR ' || own_estates),
            ('entrance', 'estate_id IS NULL OR ' || own_estates),
            ('obstacle', 'estate_id IS NULL OR ' || own_estates),
            ('public_room', 'estate_id IS NULL OR ' || own_estates),
            -- The issued plan names an estate of each row, with its figures; so does what was adjusted in it.
            ('plan_baseline_row', 'subdistrict = ANY ((SELECT request_scope(''subdistrict''))::text[])'),
            ('plan_adjustment', 'estate_code IN (SELECT estate_code FROM plan_baseline_row)')
        ) AS rules (name, theirs)
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS request_own_street ON %I', opened.name);
        EXECUTE format(
            'CREATE POLICY request_own_street ON %I AS RESTRICTIVE FOR SELECT TO gisplanner_request USING '
            '((SELECT request_role()) <> ''subdistrict'' OR (SELECT request_scope(''subdistrict'')) IS NULL OR %s)',
            opened.name, opened.theirs
        );
    END LOOP;

    ALTER TABLE job ENABLE ROW LEVEL SECURITY;
    DROP POLICY IF EXISTS request_reads ON job;
    CREATE POLICY request_reads ON job FOR SELECT TO gisplanner_request USING (
        (SELECT request_role()) = 'admin'
        OR ((SELECT request_role()) <> 'public' AND account = (SELECT request_actor()))
    );
    GRANT SELECT ON job TO gisplanner_request;
END
$access$;
