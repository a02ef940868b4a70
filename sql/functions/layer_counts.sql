-- Counts over the query of a map layer (layers/*/select.sql), so that a new layer needs no query of its own here.
CREATE OR REPLACE FUNCTION layer_counts(
    layer_query text,
    of_district text,
    has_illustrative boolean,
    OUT features bigint,
    OUT without_geometry bigint,
    OUT illustrative bigint
)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    EXECUTE format(
        'SELECT count(*), count(*) FILTER (WHERE geom IS NULL), %s FROM (%s) AS layer',
        CASE WHEN has_illustrative THEN 'count(*) FILTER (WHERE illustrative)' ELSE '0::bigint' END,
        replace(layer_query, ':district_id', '$1')
    )
    INTO features, without_geometry, illustrative
    USING of_district;
END
$$;
COMMENT ON FUNCTION layer_counts(text, text, boolean) IS
'图层要素数、没有图形的要素数、示意数据的要素数；layer_query 取自程序自带的 layers/*/select.sql';
