-- Proposals of bundles: read by those who work on the district, written by its planners; after access.sql.

DO $access$
DECLARE
    opened record;
    verb text;
    planners CONSTANT text := '(SELECT request_role()) IN (''admin'', ''planner'')';
    not_outside CONSTANT text := '(SELECT request_role()) NOT IN (''public'', ''operator'')';
    in_scope CONSTANT text :=
        '((SELECT request_scope(''district'')) IS NULL OR district_id = ANY ((SELECT request_scope(''district''))::text[]))';
    of_proposal CONSTANT text := 'EXISTS (SELECT 1 FROM proposal WHERE proposal.id = proposal_id)';
    of_area CONSTANT text := 'EXISTS (SELECT 1 FROM renewal_area WHERE renewal_area.id = renewal_area_id)';
    of_demonstration CONSTANT text :=
        'EXISTS (SELECT 1 FROM demonstration_area WHERE demonstration_area.id = demonstration_area_id)';
BEGIN
    FOR opened IN
        SELECT * FROM (VALUES
            ('proposal', ARRAY['SELECT'], not_outside || ' AND ' || in_scope),
            ('proposal', ARRAY['INSERT'], planners || ' AND ' || in_scope),
            ('proposal_change', ARRAY['SELECT'], of_proposal),
            ('proposal_change', ARRAY['INSERT'], planners || ' AND ' || of_proposal),
            ('renewal_area_estate', ARRAY['SELECT'], of_area),
            ('renewal_area_estate', ARRAY['INSERT', 'DELETE'], planners || ' AND ' || of_area),
            ('demonstration_area_estate', ARRAY['SELECT'], of_demonstration)
        ) AS rules (name, verbs, rule)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', opened.name);
        FOREACH verb IN ARRAY opened.verbs LOOP
            EXECUTE format('DROP POLICY IF EXISTS %I ON %I', 'proposals_' || lower(verb), opened.name);
            EXECUTE format(
                'CREATE POLICY %I ON %I FOR %s TO gisplanner_request %s (%s)', 'proposals_' || lower(verb),
                opened.name, verb, CASE verb WHEN 'INSERT' THEN 'WITH CHECK' ELSE 'USING' END, opened.rule
            );
            EXECUTE format('GRANT %s ON %I TO gisplanner_request', verb, opened.name);
        END LOOP;
    END LOOP;
END
$access$;

-- The history is closed to requests; which codes were given once in a district is no secret of those who see it.
CREATE OR REPLACE FUNCTION renewal_area_codes_given(of_district text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gisplanner, public, pg_temp AS $$
    SELECT given.code
    FROM (
        SELECT code FROM renewal_area WHERE district_id = of_district
        UNION
        SELECT before ->> 'code' FROM history WHERE district_id = of_district AND table_name = 'renewal_area'
    ) AS given
    WHERE current_setting('role') <> 'gisplanner_request'
        OR request_scope('district') IS NULL OR of_district = ANY (request_scope('district'))
$$;
COMMENT ON FUNCTION renewal_area_codes_given(text) IS '区县用过的片区编码，含已撤销的：编码不重复使用';
