-- Fire plans tell of the whole district: read by its offices and reviewers, not by single sub-districts, kept and
-- withdrawn by its planners; after access.sql, whose common rule for features does not hold here.

DO $access$
DECLARE
    opened record;
    planners CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'')';
    offices CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'', ''lead'', ''reviewer'')';
    in_scope CONSTANT text :=
        '((SELECT request_scope(''district'')) IS NULL OR district_id = ANY ((SELECT request_scope(''district''))::text[]))';
BEGIN
    FOR opened IN
        SELECT * FROM (VALUES
            ('fire_plan', 'SELECT', 'USING (%1$s)', offices),
            ('fire_plan', 'INSERT', 'WITH CHECK (%1$s)', planners),
            ('fire_plan', 'UPDATE', 'USING (%1$s) WITH CHECK (%1$s)', planners),
            ('fire_plan_feature', 'SELECT', 'USING (%1$s)', offices),
            ('fire_plan_feature', 'INSERT', 'WITH CHECK (%1$s)', planners)
        ) AS rules (name, verb, clause, rule)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', opened.name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', 'fire_plans_' || lower(opened.verb), opened.name);
        EXECUTE format(
            'CREATE POLICY %I ON %I FOR %s TO gisplanner_request ' || format(opened.clause, opened.rule || ' AND ' || in_scope),
            'fire_plans_' || lower(opened.verb), opened.name, opened.verb
        );
    END LOOP;
    DROP POLICY IF EXISTS request_reads ON fire_plan_feature;
    GRANT SELECT, INSERT ON fire_plan, fire_plan_feature TO gisplanner_request;
    GRANT UPDATE (withdrawn_at, withdrawn_by, withdrawn_because) ON fire_plan TO gisplanner_request;
END
$access$;
