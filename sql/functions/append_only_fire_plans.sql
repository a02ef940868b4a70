-- A fire plan that is kept stays as it is; it is withdrawn once, with a reason.

CREATE OR REPLACE FUNCTION keep_fire_plan() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL
       OR to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdrawn_by', 'withdrawn_because']
          <> to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdrawn_by', 'withdrawn_because'] THEN
        RAISE EXCEPTION '消防方案 % 只能撤回一次, 不能修改 (kept as it is)', OLD.name USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION keep_fire_plan() IS '留存的消防方案不改: 只能撤回一次, 写明理由';

CREATE OR REPLACE TRIGGER kept_as_it_is BEFORE UPDATE ON fire_plan
    FOR EACH ROW EXECUTE FUNCTION keep_fire_plan();
CREATE OR REPLACE TRIGGER kept_as_it_is BEFORE UPDATE OR DELETE ON fire_plan_feature
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER not_deleted BEFORE DELETE ON fire_plan
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
