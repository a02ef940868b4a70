-- Counting the changes to the map data of a district. One statement counts once, however many rows it touches.

CREATE OR REPLACE FUNCTION count_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    -- A district that is being removed as a whole is gone by now, and needs no number.
    INSERT INTO district_revision (district_id)
    SELECT district.id
    FROM (SELECT DISTINCT district_id FROM changed) AS touched
    JOIN district ON district.id = touched.district_id
    ORDER BY district.id
    ON CONFLICT (district_id) DO UPDATE SET revision = district_revision.revision + 1;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION count_change() IS '区县地图数据每改动一次, district_revision 加一';

CREATE OR REPLACE FUNCTION count_change_of_project() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO district_revision (district_id)
    SELECT district.id
    FROM (SELECT DISTINCT project_id FROM changed) AS touched
    JOIN project ON project.id = touched.project_id
    JOIN district ON district.id = project.district_id
    GROUP BY district.id
    ORDER BY district.id
    ON CONFLICT (district_id) DO UPDATE SET revision = district_revision.revision + 1;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION count_change_of_project() IS '项目与小区的归属每改动一次, 所在区县的 district_revision 加一';

CREATE OR REPLACE FUNCTION count_change_of_renewal_area() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO district_revision (district_id)
    SELECT district.id
    FROM (SELECT DISTINCT renewal_area_id FROM changed) AS touched
    JOIN renewal_area ON renewal_area.id = touched.renewal_area_id
    JOIN district ON district.id = renewal_area.district_id
    GROUP BY district.id
    ORDER BY district.id
    ON CONFLICT (district_id) DO UPDATE SET revision = district_revision.revision + 1;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION count_change_of_renewal_area() IS '片区与小区的归属每改动一次, 所在区县的 district_revision 加一';

DO $counted$
DECLARE
    found record;
    verb text;
BEGIN
    FOR found IN
        SELECT pg_class.relname AS name, 'count_change' AS counter
        FROM pg_class
        WHERE relnamespace = 'gisplanner'::regnamespace AND relkind = 'r' AND EXISTS (
            SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'district_id' AND NOT attisdropped
        ) AND (
            relname IN ('subdistrict', 'community', 'project') OR EXISTS (
                SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'geom' AND NOT attisdropped
            )
        )
        UNION ALL
        SELECT 'project_estate', 'count_change_of_project'
        UNION ALL
        SELECT 'renewal_area_estate', 'count_change_of_renewal_area'
    LOOP
        FOREACH verb IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
            EXECUTE format(
                'CREATE OR REPLACE TRIGGER %I AFTER %s ON %I REFERENCING %s TABLE AS changed '
                'FOR EACH STATEMENT EXECUTE FUNCTION %I()',
                'count_' || lower(verb), verb, found.name, CASE verb WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END,
                found.counter
            );
        END LOOP;
    END LOOP;
END
$counted$;

ALTER TABLE district_revision ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS request_reads ON district_revision;
CREATE POLICY request_reads ON district_revision FOR SELECT TO gisplanner_request USING (
    (SELECT request_scope('district')) IS NULL OR district_id = ANY ((SELECT request_scope('district'))::text[])
);
GRANT SELECT ON district_revision TO gisplanner_request;

COMMENT ON TABLE district_revision IS '区县地图数据的修订号: 每次改动加一, 缓存和 ETag 以此判断是否过期';
COMMENT ON COLUMN district_revision.district_id IS '所属区县';
COMMENT ON COLUMN district_revision.revision IS '修订号, 只增不减';
