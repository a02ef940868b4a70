-- Open questions and imagery: for those who work on the district, not for the public and companies. An import through
-- the server asks its questions under the role of the request.

DO $access$
DECLARE
    opened record;
    inside CONSTANT text :=
        '(SELECT request_role()) NOT IN (''public'', ''operator'') AND '
        '((SELECT request_scope(''district'')) IS NULL OR district_id = ANY ((SELECT request_scope(''district''))::text[]))';
BEGIN
    FOR opened IN
        SELECT rules.name, rules.rule
        FROM (VALUES
            -- A street asks and answers while it imports.
            ('open_question', '(SELECT request_role()) IN (''admin'', ''planner'', ''subdistrict'') AND ' || inside),
            ('estate_alias', inside),
            ('orthophoto', inside),
            ('orthophoto_tile', 'EXISTS (SELECT 1 FROM orthophoto WHERE orthophoto.id = orthophoto_id)')
        ) AS rules (name, rule)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', opened.name);
        EXECUTE format('DROP POLICY IF EXISTS request_reads ON %I', opened.name);
        EXECUTE format(
            'CREATE POLICY request_reads ON %I FOR SELECT TO gisplanner_request USING (%s)', opened.name, opened.rule
        );
        EXECUTE format('GRANT SELECT ON %I TO gisplanner_request', opened.name);
    END LOOP;

    FOR opened IN
        SELECT * FROM (VALUES
            ('open_question', 'INSERT', '(SELECT request_role()) IN (''admin'', ''planner'', ''subdistrict'')'),
            ('open_question', 'UPDATE', '(SELECT request_role()) IN (''admin'', ''planner'', ''subdistrict'')'),
            ('estate_alias', 'INSERT', '(SELECT request_role()) IN (''admin'', ''planner'')'),
            ('estate_alias', 'UPDATE', '(SELECT request_role()) IN (''admin'', ''planner'')')
        ) AS rules (name, verb, rule)
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', 'request_' || lower(opened.verb), opened.name);
        EXECUTE format(
            'CREATE POLICY %I ON %I FOR %s TO gisplanner_request %s', 'request_' || lower(opened.verb), opened.name,
            opened.verb,
            CASE opened.verb
                WHEN 'INSERT' THEN format('WITH CHECK (%s AND %s)', opened.rule, inside)
                ELSE format('USING (%1$s AND %2$s) WITH CHECK (%1$s AND %2$s)', opened.rule, inside)
            END
        );
        EXECUTE format('GRANT %s ON %I TO gisplanner_request', opened.verb, opened.name);
    END LOOP;
END
$access$;
