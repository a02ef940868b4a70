SELECT
    barrier.code,
    barrier.name,
    barrier.kind,
    barrier.tunnel,
    barrier.illustrative,
    barrier.geom
FROM barrier
WHERE barrier.district_id = :district_id
ORDER BY barrier.code
