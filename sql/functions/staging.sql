-- Bulk updates: changed rows go by COPY into a temporary table and from there over the stored rows, by code.

CREATE OR REPLACE FUNCTION staging_create(target text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TEMPORARY TABLE staging ON COMMIT DROP AS SELECT * FROM %I WITH NO DATA', target);
END
$$;

COMMENT ON FUNCTION staging_create(text) IS '暂存表: 与目标表同列, 事务结束即删除, 供批量更新使用';

CREATE OR REPLACE FUNCTION staging_apply(target text, columns text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
    assignments text;
BEGIN
    SELECT string_agg(format('%1$I = staging.%1$I', name), ', ') INTO assignments FROM unnest(columns) AS name;
    EXECUTE format(
        'UPDATE %I AS stored SET %s FROM staging '
        'WHERE stored.district_id = staging.district_id AND stored.code = staging.code',
        target, assignments
    );
    GET DIAGNOSTICS changed = ROW_COUNT;
    DROP TABLE staging;
    RETURN changed;
END
$$;

COMMENT ON FUNCTION staging_apply(text, text[]) IS '把暂存表中的列按编码写回目标表, 返回更新行数, 并删除暂存表';

CREATE OR REPLACE FUNCTION staging_append(target text, columns text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    added bigint;
    names text;
BEGIN
    SELECT string_agg(format('%I', name), ', ') INTO names FROM unnest(columns) AS name;
    EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM staging', target, names, names);
    GET DIAGNOSTICS added = ROW_COUNT;
    DROP TABLE staging;
    RETURN added;
END
$$;

COMMENT ON FUNCTION staging_append(text, text[]) IS '把暂存表中的行加进目标表, 返回行数, 并删除暂存表: 受行级权限约束的请求不能直接 COPY';
