-- Every change to a feature keeps the earlier version, with who and when.
-- A new row has no earlier version: its import batch says where it came from.

-- The program writes the history, whoever changes the row: a request can neither read nor write it by itself.
CREATE OR REPLACE FUNCTION keep_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gisplanner, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND to_jsonb(NEW) - 'geom' = to_jsonb(OLD) - 'geom'
       AND NEW.geom IS NOT DISTINCT FROM OLD.geom THEN
        RETURN NULL;  -- nothing changed: re-importing the same file leaves no trace
    END IF;
    INSERT INTO history (district_id, table_name, row_id, operation, before, before_geom, changed_by)
    VALUES (
        OLD.district_id, TG_TABLE_NAME, OLD.id, TG_OP, to_jsonb(OLD) - 'geom', OLD.geom,
        COALESCE(NULLIF(current_setting('gisplanner.actor', true), ''), current_user)
    );
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION keep_history() IS '历史版本: 要素每次改动之前的版本写入 history, 记录人和时间';

CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE OR DELETE ON estate
    FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE OR DELETE ON building
    FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE OR DELETE ON renewal_area
    FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE OR DELETE ON road
    FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE OR DELETE ON barrier
    FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE OR DELETE ON entrance
    FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE OR DELETE ON obstacle
    FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE OR DELETE ON connection_point
    FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE OR DELETE ON exclusion_area
    FOR EACH ROW EXECUTE FUNCTION keep_history();
