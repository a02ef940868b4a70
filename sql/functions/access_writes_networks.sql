-- What a request may write of what is done about networks, after access_writes.sql. A company writes of its own and
-- decides nothing about itself; the network company (lead) compiles and sends back, and changes nobody's lines.

DO $access$
DECLARE
    opened record;
    in_scope CONSTANT text :=
        '((SELECT request_scope(''district'')) IS NULL OR district_id = ANY ((SELECT request_scope(''district''))::text[]))';
    office CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'')';
    of_networks CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'', ''lead'')';
    not_outside CONSTANT text := '(SELECT request_role()) NOT IN (''public'', ''operator'')';
    own CONSTANT text :=
        '((SELECT request_role()) = ''operator'' AND owner = ANY ((SELECT request_scope(''owner''))::text[]))';
    own_estates CONSTANT text :=
        'estate_id IN (SELECT id FROM estate WHERE subdistrict_id IN (SELECT id FROM subdistrict '
        'WHERE name = ANY ((SELECT request_scope(''subdistrict''))::text[])))';
    -- Which tasks a request finds at all stands in access.sql.
    of_any_task CONSTANT text := 'EXISTS (SELECT 1 FROM network_task WHERE network_task.id = task_id)';
    of_reviewed_task CONSTANT text :=
        'EXISTS (SELECT 1 FROM network_task WHERE network_task.id = task_id '
        'AND network_task.kind IN (''application'', ''encroachment''))';
    of_own_task CONSTANT text :=
        'EXISTS (SELECT 1 FROM network_task WHERE network_task.id = task_id '
        'AND network_task.owner = ANY ((SELECT request_scope(''owner''))::text[]))';
    of_demolition CONSTANT text := 'EXISTS (SELECT 1 FROM demolition WHERE demolition.id = demolition_id)';
BEGIN
    FOR opened IN
        SELECT rules.name, rules.rule
        FROM (VALUES
            -- Filing is the headquarters' word; a company hands in or says it is not concerned, the lead sends back.
            (
                'filing_event',
                '(' || office || ' OR (' || own || ' AND state IN (''已报'', ''不涉及''))'
                || ' OR ((SELECT request_role()) = ''lead'' AND state = ''退回'')) AND ' || in_scope
            ),
            ('network_task', '(' || of_networks || ' OR (' || own || ' AND kind = ''application'')) AND ' || in_scope),
            (
                'network_task_step',
                -- 城管、自然资源、两违办 decide on permits to dig and on what stands on gas lines; nobody else does.
                '(' || office || ' AND ' || of_any_task || ')'
                || ' OR ((SELECT request_role()) = ''lead'' AND state NOT IN (''已批准'', ''不予批准'') AND '
                || of_any_task || ')'
                || ' OR ((SELECT request_role()) = ''reviewer'' AND ' || of_reviewed_task || ')'
                || ' OR ((SELECT request_role()) = ''operator'' AND ' || of_own_task
                || ' AND state NOT IN (''已批准'', ''不予批准'', ''已列入拆除'', ''已拆除''))'
            ),
            ('segment_event', '(' || office || ' OR ' || own || ') AND ' || in_scope),
            ('clearance_exception', of_networks || ' AND ' || in_scope),
            (
                'gas_intent',
                '(' || office || ' OR ((SELECT request_role()) = ''subdistrict'' AND ' || own_estates || ')) AND ' || in_scope
            ),
            ('clearance_row', office || ' AND ' || in_scope),
            -- Windows are kept by those who work on all networks; a company books in its own.
            (
                'cut_over_window',
                '(' || of_networks || ' OR (' || own || ' AND kind = ''预约'')) AND ' || in_scope
            ),
            (
                'demolition_encroachment',
                '(SELECT request_role()) IN (''admin'', ''planner'', ''reviewer'') AND ' || of_any_task
                || ' AND ' || of_demolition
            )
        ) AS rules (name, rule)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', opened.name);
        EXECUTE format('DROP POLICY IF EXISTS request_insert ON %I', opened.name);
        EXECUTE format(
            'CREATE POLICY request_insert ON %I FOR INSERT TO gisplanner_request WITH CHECK (%s)', opened.name, opened.rule
        );
        EXECUTE format('GRANT INSERT ON %I TO gisplanner_request', opened.name);
    END LOOP;

    -- Read: the tables a check was made with are no secret of anybody who may see lines.
    FOR opened IN
        SELECT rules.name, rules.rule
        FROM (VALUES
            ('clearance_row', '(SELECT request_role()) <> ''public'' AND ' || in_scope),
            -- A company must see which days others took.
            ('cut_over_window', '(SELECT request_role()) <> ''public'' AND ' || in_scope),
            (
                'demolition_encroachment',
                not_outside || ' AND ' || of_any_task || ' AND ' || of_demolition
            )
        ) AS rules (name, rule)
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS request_reads ON %I', opened.name);
        EXECUTE format(
            'CREATE POLICY request_reads ON %I FOR SELECT TO gisplanner_request USING (%s)', opened.name, opened.rule
        );
        EXECUTE format('GRANT SELECT ON %I TO gisplanner_request', opened.name);
    END LOOP;

    -- A sub-district sees the tasks and the intents of its own estates; permits and lines elsewhere are not its matter.
    FOR opened IN
        SELECT *
        FROM (VALUES ('network_task'), ('gas_intent'), ('filing_event'), ('cut_over_window')) AS rules (name)
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS request_own_street ON %I', opened.name);
        EXECUTE format(
            'CREATE POLICY request_own_street ON %I AS RESTRICTIVE FOR SELECT TO gisplanner_request USING '
            '((SELECT request_role()) <> ''subdistrict'' OR (SELECT request_scope(''subdistrict'')) IS NULL OR %s)',
            opened.name, own_estates
        );
    END LOOP;
END
$access$;
