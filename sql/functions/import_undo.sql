-- Taking a whole import back: rows it brought go, rows it changed or removed stand as before.

CREATE OR REPLACE FUNCTION batch_remember(batch bigint, target text, district text, wanted text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    remembered bigint;
BEGIN
    EXECUTE format(
        'INSERT INTO import_undo (batch_id, table_name, code, before, before_geom) '
        'SELECT $1, %L, code, to_jsonb(stored) - ARRAY[''geom'', ''lonlat''], geom FROM %I AS stored '
        'WHERE district_id = $2 AND code = ANY ($3) ON CONFLICT DO NOTHING',
        target, target
    ) USING batch, district, wanted;
    GET DIAGNOSTICS remembered = ROW_COUNT;
    RETURN remembered;
END
$$;

COMMENT ON FUNCTION batch_remember(bigint, text, text, text[]) IS '导入改动或移除要素之前, 按编码记下原样, 返回行数';

CREATE OR REPLACE FUNCTION batch_remember_columns(batch bigint, target text, wanted bigint[], columns text[])
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    remembered bigint;
BEGIN
    EXECUTE format(
        'INSERT INTO import_undo (batch_id, table_name, code, before, partial) '
        'SELECT $1, %L, stored.code, ('
        'SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(stored) - ARRAY[''geom'', ''lonlat'']) '
        'WHERE key = ANY ($3 || ''{district_id}''::text[])), true '
        'FROM %I AS stored WHERE id = ANY ($2) ON CONFLICT DO NOTHING',
        target, target
    ) USING batch, wanted, columns;
    GET DIAGNOSTICS remembered = ROW_COUNT;
    RETURN remembered;
END
$$;

COMMENT ON FUNCTION batch_remember_columns(bigint, text, bigint[], text[]) IS
'导入改动要素的部分列之前, 按内部编号记下这些列的原样, 返回行数';

CREATE OR REPLACE FUNCTION batch_undo_table(batch bigint, target text) RETURNS TABLE (gone bigint, restored bigint)
LANGUAGE plpgsql AS $$
DECLARE
    names text;
    again bigint;
BEGIN
    SELECT string_agg(format('%I', column_name), ', ' ORDER BY ordinal_position) INTO names
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = target AND column_name NOT IN ('id', 'geom')
      AND is_generated = 'NEVER';
    EXECUTE format(
        'DELETE FROM %I AS stored WHERE batch_id = $1 AND NOT EXISTS ('
        'SELECT 1 FROM import_undo WHERE batch_id = $1 AND table_name = %L AND code = stored.code)',
        target, target
    ) USING batch;
    GET DIAGNOSTICS gone = ROW_COUNT;
    EXECUTE format(
        'UPDATE %1$I AS stored SET (%2$s, geom) = ('
        'SELECT %2$s, CASE WHEN import_undo.partial THEN stored.geom ELSE import_undo.before_geom END '
        'FROM jsonb_populate_record(CASE WHEN import_undo.partial THEN stored END, import_undo.before)) '
        'FROM import_undo WHERE import_undo.batch_id = $1 AND import_undo.table_name = %1$L '
        'AND stored.district_id = import_undo.before ->> ''district_id'' AND stored.code = import_undo.code',
        target, names
    ) USING batch;
    GET DIAGNOSTICS restored = ROW_COUNT;
    EXECUTE format(
        'INSERT INTO %1$I (id, %2$s, geom) OVERRIDING SYSTEM VALUE '
        'SELECT earlier.id, %3$s, import_undo.before_geom '
        'FROM import_undo, jsonb_populate_record(NULL::%1$I, import_undo.before) AS earlier '
        'WHERE import_undo.batch_id = $1 AND NOT import_undo.partial AND import_undo.table_name = %1$L AND NOT EXISTS ('
        'SELECT 1 FROM %1$I AS stored WHERE stored.code = import_undo.code '
        'AND stored.district_id = import_undo.before ->> ''district_id'')',
        target, names, 'earlier.' || replace(names, ', ', ', earlier.')
    ) USING batch;
    GET DIAGNOSTICS again = ROW_COUNT;
    restored := restored + again;
    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION batch_undo_table(bigint, text) IS '撤销一个导入批次在一张表上的改动: 新增的删除, 改动和移除的复原, 返回两者行数';

CREATE OR REPLACE FUNCTION batch_dependents(batch bigint) RETURNS TABLE (what text, records bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    link record;
BEGIN
    -- Whatever would be deleted along with an estate or a project, but for what an import makes itself.
    FOR link IN
        SELECT
            constraints.conrelid::regclass AS dependent,
            constraints.confrelid::regclass AS brought,
            attribute.attname AS via
        FROM pg_constraint AS constraints
        JOIN pg_attribute AS attribute
            ON attribute.attrelid = constraints.conrelid AND attribute.attnum = constraints.conkey[1]
        WHERE constraints.contype = 'f'
          AND constraints.confdeltype = 'c'
          AND constraints.confrelid IN ('estate'::regclass, 'project'::regclass)
          AND constraints.conrelid NOT IN (
              'project_estate'::regclass, 'demonstration_area_estate'::regclass, 'estate_alias'::regclass
          )
        ORDER BY constraints.conrelid::regclass::text
    LOOP
        EXECUTE format(
            'SELECT count(*) FROM %s AS dependent JOIN %s AS brought ON brought.id = dependent.%I '
            'WHERE brought.batch_id = $1',
            link.dependent, link.brought, link.via
        ) INTO records USING batch;
        IF records > 0 THEN
            what := split_part(COALESCE(obj_description(link.dependent), link.dependent::text), '：', 1);
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;

COMMENT ON FUNCTION batch_dependents(bigint) IS '一个导入批次带来的小区和项目上, 后来又记录了什么: 撤销会连带删除, 因此先拒绝';
