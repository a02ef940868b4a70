-- What still stands on the ground of works that are about to begin (拆违未清).

-- The ground of fire lanes to be built, and the things to be taken away for them. Plans stand side by side: of an estate
-- the one kept last counts, unless it was withdrawn.
CREATE OR REPLACE FUNCTION fire_lane_ground(of_district text)
RETURNS TABLE (estate_code text, plan text, obstacle text, geom geometry)
LANGUAGE sql STABLE AS $$
    WITH valid AS (
        SELECT feature.estate_code, max(feature.plan_id) AS plan_id
        FROM fire_plan_feature AS feature
        JOIN fire_plan ON fire_plan.id = feature.plan_id
        WHERE feature.district_id = of_district AND fire_plan.withdrawn_at IS NULL
        GROUP BY feature.estate_code
    )
    SELECT
        feature.estate_code, fire_plan.name, CASE WHEN feature.role = '拆移' THEN feature.label END, feature.geom
    FROM valid
    JOIN fire_plan ON fire_plan.id = valid.plan_id
    JOIN fire_plan_feature AS feature
        ON feature.plan_id = valid.plan_id AND feature.estate_code = valid.estate_code
        AND feature.role IN ('车道范围', '回车场', '拆移')
$$;
COMMENT ON FUNCTION fire_lane_ground(text) IS
'拟打通消防车道的用地（车道范围、回车场）及须拆移的构筑物：每个小区取最后存入且未撤回的消防方案';

-- What it returns has changed: then a function must be made anew.
DROP FUNCTION IF EXISTS standing_on_works(bigint, date, integer, double precision, double precision);
CREATE FUNCTION standing_on_works(
    of_project bigint, as_of date, removed_step integer, reach_m double precision, adjoining_m double precision
)
RETURNS TABLE (
    code text, kind text, name text, step integer, unit text, estate text, utility text, fire_plan text,
    distance_m double precision
)
-- Whoever enters the stage is judged by the same ground, also those who may not see the lines: only the kind of a line
-- or the name of a fire plan, and the distance, are told; and only of works with an estate of theirs.
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gisplanner, public, pg_temp AS $$
    WITH member AS (
        SELECT estate.id, estate.code, estate.district_id, estate.geom
        FROM project_estate
        JOIN estate ON estate.id = project_estate.estate_id
        WHERE project_estate.project_id = of_project AND EXISTS (
            SELECT 1 FROM project_estate AS any_of
            WHERE any_of.project_id = of_project AND request_works_on(any_of.estate_id)
        )
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
    lane AS (
        SELECT ground.plan, ground.obstacle, ground.geom
        FROM (SELECT DISTINCT district_id FROM member) AS of
        CROSS JOIN LATERAL fire_lane_ground(of.district_id) AS ground
        JOIN member ON member.code = ground.estate_code
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
        stands.code, stands.kind, stands.name, stands.step, stands.unit, estate.name, hit.utility, hit.plan,
        hit.distance_m
    FROM stands
    JOIN estate ON estate.id = stands.estate_id
    LEFT JOIN LATERAL (
        SELECT line.utility, NULL AS plan, ST_Distance(line.geom, stands.geom) AS distance_m
        FROM line
        WHERE ST_DWithin(line.geom, stands.geom, reach_m)
        UNION ALL
        -- A removal of the plan is known by its code: a case often has only its middle point, off the lane.
        SELECT NULL, lane.plan, CASE WHEN lane.obstacle = stands.code THEN 0 ELSE ST_Distance(lane.geom, stands.geom) END
        FROM lane
        WHERE lane.obstacle = stands.code OR lane.obstacle IS NULL AND ST_DWithin(lane.geom, stands.geom, reach_m)
        ORDER BY 3, 1, 2
        LIMIT 1
    ) AS hit ON true
    WHERE stands.step < removed_step
        AND NOT freed_by_relocation(stands.id, stands.kind, stands.step)
        AND (
            hit.distance_m IS NOT NULL
            -- Without a shape of its own, or of any works in its estate, it stands in the way of the whole estate.
            OR stands.estate_id IN (SELECT id FROM member)
            AND (stands.geom IS NULL OR NOT EXISTS (SELECT 1 FROM line WHERE line.estate_id = stands.estate_id))
        )
    ORDER BY stands.code
$$;
COMMENT ON FUNCTION standing_on_works(bigint, date, integer, double precision, double precision) IS
'将要施工的地块上尚未拆除的构筑物：有图形的与拟建管线、拟打通的消防车道逐一比对，没有图形的按小区判定';
