-- Pipeline plans: read by those who work on the district, kept by its planners; after access.sql.

DO $access$
DECLARE
    opened record;
    planners CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'')';
    not_outside CONSTANT text := '(SELECT request_role()) NOT IN (''public'', ''operator'')';
    in_scope CONSTANT text :=
        '((SELECT request_scope(''district'')) IS NULL OR district_id = ANY ((SELECT request_scope(''district''))::text[]))';
BEGIN
    EXECUTE 'ALTER TABLE pipe_plan ENABLE ROW LEVEL SECURITY';
    FOR opened IN
        SELECT * FROM (VALUES
            ('SELECT', 'USING', not_outside || ' AND ' || in_scope),
            ('INSERT', 'WITH CHECK', planners || ' AND ' || in_scope)
        ) AS rules (verb, clause, rule)
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS %I ON pipe_plan', 'pipe_plans_' || lower(opened.verb));
        EXECUTE format(
            'CREATE POLICY %I ON pipe_plan FOR %s TO gisplanner_request %s (%s)',
            'pipe_plans_' || lower(opened.verb), opened.verb, opened.clause, opened.rule
        );
        EXECUTE format('GRANT %s ON pipe_plan TO gisplanner_request', opened.verb);
    END LOOP;
END
$access$;
