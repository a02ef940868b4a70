-- Counting the changes to the map data of a district. One statement counts once, however many rows it touches.

-- A row without a district of its own counts for that of the row above it: the argument is the table it stands in.
CREATE OR REPLACE FUNCTION count_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    touched text := 'changed';
BEGIN
    IF TG_NARGS = 1 THEN
        touched := format('changed JOIN %1$I AS above ON above.id = changed.%2$I', TG_ARGV[0], TG_ARGV[0] || '_id');
    END IF;
    -- A district that is being removed as a whole is gone by now, and needs no number.
    EXECUTE format(
        'INSERT INTO district_revision (district_id) '
        'SELECT id FROM district WHERE id IN (SELECT %s.district_id FROM %s) ORDER BY id '
        'ON CONFLICT (district_id) DO UPDATE SET revision = district_revision.revision + 1',
        CASE TG_NARGS WHEN 1 THEN 'above' ELSE 'changed' END, touched
    );
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION count_change() IS '区县地图数据每改动一次, district_revision 加一';

DO $counted$
DECLARE
    found record;
    verb text;
BEGIN
    FOR found IN
        SELECT pg_class.relname AS name, '' AS above
        FROM pg_class
        WHERE relnamespace = 'gisplanner'::regnamespace AND relkind = 'r' AND EXISTS (
            SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'district_id' AND NOT attisdropped
        ) AND (
            relname IN ('subdistrict', 'community', 'project', 'gas_intent') OR EXISTS (
                SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'geom' AND NOT attisdropped
            )
        )
        UNION ALL
        VALUES ('project_estate', 'project'), ('renewal_area_estate', 'renewal_area')
    LOOP
        FOREACH verb IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
            EXECUTE format(
                'CREATE OR REPLACE TRIGGER %I AFTER %s ON %I REFERENCING %s TABLE AS changed '
                'FOR EACH STATEMENT EXECUTE FUNCTION count_change(%s)',
                'count_' || lower(verb), verb, found.name, CASE verb WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END,
                CASE WHEN found.above <> '' THEN quote_literal(found.above) END
            );
        END LOOP;
    END LOOP;
END
$counted$;
DROP FUNCTION IF EXISTS count_change_of_project();
DROP FUNCTION IF EXISTS count_change_of_renewal_area();

ALTER TABLE district_revision ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS request_reads ON district_revision;
CREATE POLICY request_reads ON district_revision FOR SELECT TO gisplanner_request USING (
    (SELECT request_scope('district')) IS NULL OR district_id = ANY ((SELECT request_scope('district'))::text[])
);
GRANT SELECT ON district_revision TO gisplanner_request;

COMMENT ON TABLE district_revision IS '区县地图数据的修订号: 每次改动加一, 缓存和 ETag 以此判断是否过期';
COMMENT ON COLUMN district_revision.district_id IS '所属区县';
COMMENT ON COLUMN district_revision.revision IS '修订号, 只增不减';
