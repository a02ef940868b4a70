-- What still stands on the ground of works that are about to begin (拆违未清).

CREATE OR REPLACE FUNCTION standing_on_works(
    of_project bigint, as_of date, removed_step integer, reach_m double precision, adjoining_m double precision
)
RETURNS TABLE (
    code text, kind text, name text, step integer, unit text, estate text, utility text, distance_m double precision
)
-- Whoever enters the stage is judged by the same ground, also those who may not see the lines: only the kind of a line
-- and its distance are told.
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gisplanner, public, pg_temp AS $$
    WITH member AS (
        SELECT estate.id, estate.district_id, estate.geom
        FROM project_estate
        JOIN estate ON estate.id = project_estate.estate_id
        WHERE project_estate.project_id = of_project
    ),
    line AS (
        -- Planned lines inside the estates and on the roads beside them.
        SELECT
            member.id AS estate_id, pipe_segment.utility,
            ST_Intersection(pipe_segment.geom, ST_Buffer(member.geom, adjoining_m)) AS geom
        FROM member
        JOIN pipe_segment
            ON pipe_segment.district_id = member.district_id
            AND pipe_segment.status = 'planned'
            AND pipe_segment.replaced_by IS NULL
            AND ST_DWithin(pipe_segment.geom, member.geom, adjoining_m)
    ),
    stands AS (
        SELECT DISTINCT ON (demolition.id)
            demolition.id, demolition.code, demolition.kind, demolition.name, demolition.estate_id, demolition.geom,
            event.step, event.unit
        FROM demolition
        JOIN demolition_event AS event ON event.demolition_id = demolition.id AND event.happened_on <= as_of
        WHERE demolition.district_id IN (SELECT district_id FROM member)
        ORDER BY demolition.id, event.happened_on DESC, event.id DESC
    )
    SELECT
        stands.code, stands.kind, stands.name, stands.step, stands.unit, estate.name, hit.utility, hit.distance_m
    FROM stands
    JOIN estate ON estate.id = stands.estate_id
    LEFT JOIN LATERAL (
        SELECT line.utility, ST_Distance(line.geom, stands.geom) AS distance_m
        FROM line
        WHERE ST_DWithin(line.geom, stands.geom, reach_m)
        ORDER BY 2, 1
        LIMIT 1
    ) AS hit ON true
    WHERE stands.step < removed_step
        AND NOT freed_by_relocation(stands.id, stands.kind, stands.step)
        AND (
            hit.utility IS NOT NULL
            -- Without a shape of its own, or of any works in its estate, it stands in the way of the whole estate.
            OR stands.estate_id IN (SELECT id FROM member)
            AND (stands.geom IS NULL OR NOT EXISTS (SELECT 1 FROM line WHERE line.estate_id = stands.estate_id))
        )
    ORDER BY stands.code
$$;
COMMENT ON FUNCTION standing_on_works(bigint, date, integer, double precision, double precision) IS
'将要施工的地块上尚未拆除的构筑物：有图形的与拟建管线逐一比对，没有图形的按小区判定';
