-- What a request may write of the works (进度与工程台账), and what it sees of evidence, filing days and earlier words of an
-- estate. After access.sql, which closes every table first.

-- Functions that run with the right of the program ask here whether the request they run for may work on an estate: in
-- one expression what the rules of estate say row by row. The program itself runs under no role of a request.
CREATE OR REPLACE FUNCTION request_works_on(of_estate bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gisplanner, public, pg_temp AS $$
    SELECT current_setting('role') <> 'gisplanner_request' OR EXISTS (
        SELECT 1
        FROM estate
        LEFT JOIN subdistrict ON subdistrict.id = estate.subdistrict_id
        WHERE estate.id = of_estate
            AND request_role() NOT IN ('public', 'operator')
            AND (request_scope('district') IS NULL OR estate.district_id = ANY (request_scope('district')))
            AND (
                request_role() <> 'subdistrict' OR request_scope('subdistrict') IS NULL
                OR subdistrict.name = ANY (request_scope('subdistrict'))
            )
    )
$$;
COMMENT ON FUNCTION request_works_on(bigint) IS '当前请求可否办理这个小区：区县、街道在范围内，且不是公众和管线单位';

-- The history is closed to requests; those who work on an estate may know who changed its year and ownership from what.
CREATE OR REPLACE FUNCTION estate_register_changes(of_estate bigint)
RETURNS TABLE (changed_at timestamptz, changed_by text, year_built text, ownership text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gisplanner, public, pg_temp AS $$
    SELECT history.changed_at, history.changed_by, before ->> 'year_built', before ->> 'ownership'
    FROM history
    WHERE table_name = 'estate' AND row_id = of_estate AND operation <> 'INSERT' AND request_works_on(of_estate)
    ORDER BY history.changed_at, history.id
$$;
COMMENT ON FUNCTION estate_register_changes(bigint) IS '小区建成时间、产权性质每次改动之前的值、改动人和时间';

DO $access$
DECLARE
    opened record;
    not_outside CONSTANT text := '(SELECT request_role()) NOT IN (''public'', ''operator'')';
    office CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'')';
    street CONSTANT text := '(SELECT request_role()) = ''subdistrict''';
    in_scope CONSTANT text :=
        '((SELECT request_scope(''district'')) IS NULL OR district_id = ANY ((SELECT request_scope(''district''))::text[]))';
    own_streets CONSTANT text :=
        'subdistrict_id IN (SELECT id FROM subdistrict '
        'WHERE name = ANY ((SELECT request_scope(''subdistrict''))::text[]))';
    of_estate text;
    of_project text;
    of_office_project CONSTANT text :=
        '((SELECT request_role()) IN (''admin'', ''planner'') '
        'AND EXISTS (SELECT 1 FROM project WHERE project.id = project_id))';
    of_case CONSTANT text := 'EXISTS (SELECT 1 FROM demolition WHERE demolition.id = demolition_id AND %s)';
    of_complaint CONSTANT text := 'EXISTS (SELECT 1 FROM complaint WHERE complaint.id = complaint_id AND %s)';
BEGIN
    -- An estate, or a project with an estate, that is the office's or stands in the sub-district's own streets.
    of_estate := format(
        '(%s OR %s) AND estate_id IN (SELECT id FROM estate WHERE (SELECT request_role()) <> ''subdistrict'' OR %s)',
        office, street, own_streets
    );
    of_project := format(
        '(%s OR (%s AND project_id IN (SELECT project_id FROM project_estate WHERE estate_id IN '
        '(SELECT id FROM estate WHERE %s))))',
        of_office_project, street, own_streets
    );
    FOR opened IN
        SELECT rules.name, rules.verb, rules.rule
        FROM (VALUES
            -- Proof stays with the offices and the streets whose estates the project has.
            ('stage_evidence', 'SELECT', not_outside
                || ' AND EXISTS (SELECT 1 FROM stage_event WHERE stage_event.id = stage_event_id'
                || ' AND ((SELECT request_role()) <> ''subdistrict'' OR project_id IN (SELECT project_id'
                || ' FROM project_estate WHERE estate_id IN (SELECT id FROM estate))))'),
            ('filing_due', 'SELECT', '(SELECT request_role()) <> ''public'' AND ' || in_scope),
            ('stage_event', 'INSERT', of_project),
            ('stage_evidence', 'INSERT', 'EXISTS (SELECT 1 FROM stage_event WHERE stage_event.id = stage_event_id AND '
                || of_project || ')'),
            ('project_fact', 'INSERT', of_project),
            ('project_fund', 'INSERT', of_office_project),
            ('filing_due', 'INSERT', office || ' AND ' || in_scope),
            ('library_entry', 'INSERT', of_estate),
            ('estate_figure', 'INSERT', of_estate),
            ('estate_output', 'INSERT', of_estate),
            ('estate_photo', 'INSERT', of_estate),
            ('handover_entry', 'INSERT', of_estate),
            ('demolition', 'INSERT', in_scope || ' AND ' || of_estate),
            ('demolition_event', 'INSERT', format(of_case, of_estate)),
            ('complaint', 'INSERT', in_scope || ' AND ' || of_estate),
            ('complaint_answer', 'INSERT', format(of_complaint, of_estate)),
            ('complaint_person', 'INSERT', format(of_complaint, of_estate))
        ) AS rules (name, verb, rule)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', opened.name);
        EXECUTE format(
            'DROP POLICY IF EXISTS %I ON %I',
            CASE opened.verb WHEN 'SELECT' THEN 'request_reads' ELSE 'request_insert' END, opened.name
        );
        EXECUTE format(
            'CREATE POLICY %I ON %I FOR %s TO gisplanner_request %s (%s)',
            CASE opened.verb WHEN 'SELECT' THEN 'request_reads' ELSE 'request_insert' END, opened.name, opened.verb,
            CASE opened.verb WHEN 'SELECT' THEN 'USING' ELSE 'WITH CHECK' END, opened.rule
        );
        EXECUTE format('GRANT %s ON %I TO gisplanner_request', opened.verb, opened.name);
    END LOOP;
END
$access$;
