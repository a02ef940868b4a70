-- A house that was listed only because it stands on a gas line needs no demolition once the line has moved (管线已迁改).

CREATE OR REPLACE FUNCTION freed_by_relocation(of_demolition bigint, of_kind text, reached integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gisplanner, public, pg_temp AS $$
    SELECT of_kind = '占压建筑（待认定）' AND reached = 1
    AND request_works_on((SELECT estate_id FROM demolition WHERE id = of_demolition))
    AND COALESCE(
        (
            SELECT bool_and(
                '管线已迁改' IS NOT DISTINCT FROM (
                    SELECT step.state FROM network_task_step AS step
                    WHERE step.task_id = link.task_id ORDER BY step.id DESC LIMIT 1
                )
            )
            FROM demolition_encroachment AS link
            WHERE link.demolition_id = of_demolition
        ),
        false
    )
$$;
COMMENT ON FUNCTION freed_by_relocation(bigint, text, integer) IS
'仅因占压燃气管列入摸底的建筑，在所压管线都已迁改后不再是拆违件';
