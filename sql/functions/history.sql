-- Every change to a feature keeps the earlier version, with who and when. A feature that is added by itself leaves a line
-- as well, from nothing; thousands that come in one file have their import batch, which says where they came from.

-- The program writes the history, whoever changes the row: a request can neither read nor write it by itself.
CREATE OR REPLACE FUNCTION keep_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gisplanner, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND to_jsonb(NEW) - ARRAY['geom', 'lonlat'] = to_jsonb(OLD) - ARRAY['geom', 'lonlat']
       AND NEW.geom IS NOT DISTINCT FROM OLD.geom THEN
        RETURN NULL;  -- nothing changed: re-importing the same file leaves no trace
    END IF;
    INSERT INTO history (district_id, table_name, row_id, operation, before, before_geom, changed_by)
    VALUES (
        COALESCE(OLD.district_id, NEW.district_id), TG_TABLE_NAME, COALESCE(OLD.id, NEW.id), TG_OP,
        COALESCE(to_jsonb(OLD) - ARRAY['geom', 'lonlat'], '{}'), OLD.geom,
        COALESCE(NULLIF(current_setting('gisplanner.actor', true), ''), current_user)
    );
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION keep_history() IS '历史版本: 要素每次改动之前的版本写入 history, 记录人和时间; 逐个新增的要素也留一条';

DO $kept$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'estate', 'building', 'renewal_area', 'road', 'barrier', 'entrance', 'obstacle', 'connection_point',
        'exclusion_area', 'red_line', 'municipal_facility', 'public_room', 'leftover_land'
    ] LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE OR DELETE ON %I '
            'FOR EACH ROW EXECUTE FUNCTION keep_history()', name
        );
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER keep_additions AFTER INSERT ON %I FOR EACH ROW '
            'WHEN (current_setting(''gisplanner.one_by_one'', true) = ''on'') EXECUTE FUNCTION keep_history()', name
        );
    END LOOP;
END
$kept$;
