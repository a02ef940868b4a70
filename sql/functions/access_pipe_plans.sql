-- Pipeline plans: read by those who work on the district, kept by its planners; after access.sql.

DO $access$
DECLARE
    opened record;
    kept text;
    planners CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'')';
    not_outside CONSTANT text := '(SELECT request_role()) NOT IN (''public'', ''operator'')';
    in_scope CONSTANT text :=
        '((SELECT request_scope(''district'')) IS NULL OR district_id = ANY ((SELECT request_scope(''district''))::text[]))';
BEGIN
    FOREACH kept IN ARRAY ARRAY['pipe_plan', 'pipe_plan_line'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', kept);
        FOR opened IN
            SELECT * FROM (VALUES
                ('SELECT', 'USING', not_outside || ' AND ' || in_scope),
                ('INSERT', 'WITH CHECK', planners || ' AND ' || in_scope)
            ) AS rules (verb, clause, rule)
        LOOP
            EXECUTE format('DROP POLICY IF EXISTS %I ON %I', kept || 's_' || lower(opened.verb), kept);
            EXECUTE format(
                'CREATE POLICY %I ON %I FOR %s TO gisplanner_request %s (%s)',
                kept || 's_' || lower(opened.verb), kept, opened.verb, opened.clause, opened.rule
            );
            EXECUTE format('GRANT %s ON %I TO gisplanner_request', opened.verb, kept);
        END LOOP;
    END LOOP;
END
$access$;
