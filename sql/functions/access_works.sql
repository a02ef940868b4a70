-- What a request may see of the records of works; after access.sql, which closes every table first.

DO $access$
DECLARE
    opened record;
    in_scope CONSTANT text :=
        '((SELECT request_scope(''district'')) IS NULL OR district_id = ANY ((SELECT request_scope(''district''))::text[]))';
    not_outside CONSTANT text := '(SELECT request_role()) NOT IN (''public'', ''operator'')';
    of_estate CONSTANT text := 'EXISTS (SELECT 1 FROM estate WHERE estate.id = estate_id)';
    -- Complaints stay with those who answer them, the names of people as well (信访).
    of_complaints CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'', ''subdistrict'')';
    of_complaint CONSTANT text := 'EXISTS (SELECT 1 FROM complaint WHERE complaint.id = complaint_id)';
BEGIN
    FOR opened IN
        SELECT rules.name, rules.rule
        FROM (VALUES
            ('library_entry', of_estate),
            ('estate_figure', not_outside || ' AND ' || of_estate),
            ('estate_output', not_outside || ' AND ' || of_estate),
            ('estate_photo', not_outside || ' AND ' || of_estate),
            ('handover_entry', not_outside || ' AND ' || of_estate),
            ('output_month', not_outside || ' AND ' || in_scope),
            ('project_fund', not_outside || ' AND EXISTS (SELECT 1 FROM project WHERE project.id = project_id)'),
            -- A sub-district finds no estate of others, so neither what is told of one.
            ('demolition', not_outside || ' AND ' || in_scope || ' AND ' || of_estate),
            ('demolition_event', 'EXISTS (SELECT 1 FROM demolition WHERE demolition.id = demolition_id)'),
            ('complaint', of_complaints || ' AND ' || in_scope || ' AND ' || of_estate),
            ('complaint_answer', of_complaint),
            ('complaint_person', of_complaint)
        ) AS rules (name, rule)
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
