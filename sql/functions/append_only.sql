-- What was issued stays as issued; what happened stays as recorded. Corrections are new rows.

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- A district that is removed as a whole takes its records along (foreign keys cascade); an import that is taken
    -- back takes along what it brought itself.
    IF TG_OP = 'DELETE' AND (pg_trigger_depth() > 1 OR EXISTS (
        SELECT 1 FROM import_batch
        WHERE id = (to_jsonb(OLD) ->> 'batch_id')::bigint AND undone_at IS NOT NULL
    )) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% 只能追加, 不能修改或删除 (append only)', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

COMMENT ON FUNCTION refuse_change() IS '只追加: 已下达的计划、已记录的进度和历史版本不得修改或删除';

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON plan_baseline
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON plan_baseline_row
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON plan_adjustment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON stage_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON project_fact
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON history
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON account_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON proposal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON proposal_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE FUNCTION keep_recorded_project() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- Deleting a project would take its recorded progress along; only a whole district may go that way.
    IF (EXISTS (SELECT 1 FROM stage_event WHERE stage_event.project_id = OLD.id)
        OR EXISTS (SELECT 1 FROM project_fact WHERE project_fact.project_id = OLD.id))
       AND EXISTS (SELECT 1 FROM district WHERE district.id = OLD.district_id) THEN
        RAISE EXCEPTION '项目 % 已有进度记录, 不能删除 (recorded progress)', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END
$$;

COMMENT ON FUNCTION keep_recorded_project() IS '已有进度记录的项目不得删除, 除非整个区县一并删除';

CREATE OR REPLACE TRIGGER keep_recorded BEFORE DELETE ON project
    FOR EACH ROW EXECUTE FUNCTION keep_recorded_project();
