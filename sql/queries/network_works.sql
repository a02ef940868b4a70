-- name: network_replace_points(district_id, owner, utility, upload_id)!
-- The owner's current points give way to an upload; without a utility all of them.
UPDATE network_point
SET replaced_by = :upload_id
WHERE district_id = :district_id
    AND owner = :owner
    AND replaced_by IS NULL
    AND (CAST(:utility AS text) IS NULL OR utility = :utility);

-- name: exception_insert(district_id, a, b, kind, state, required_m, accepted_m, clause, measure, ground, document, accepted_by, accepted_on, valid_until, illustrative)$
INSERT INTO clearance_exception (
    district_id, a, b, kind, state, required_m, accepted_m, clause, measure, ground, document, accepted_by,
    accepted_on, valid_until, illustrative
)
VALUES (
    :district_id, :a, :b, :kind, :state, :required_m, :accepted_m, :clause, :measure, :ground, :document,
    :accepted_by, :accepted_on, :valid_until, :illustrative
)
RETURNING id;

-- name: exceptions_current(district_id)
-- The last word on each pair; one that was withdrawn is none.
SELECT last.id, last.a, last.b, last.kind, last.required_m, last.accepted_m, last.clause, last.measure, last.ground,
    last.document, last.accepted_by, last.accepted_on, last.valid_until, last.illustrative
FROM (
    SELECT DISTINCT ON (a, b, kind) *
    FROM clearance_exception
    WHERE district_id = :district_id
    ORDER BY a, b, kind, id DESC
) AS last
WHERE last.state = 'granted'
ORDER BY last.a, last.b, last.kind;

-- name: task_insert(district_id, srid, kind, code, owner, receiver, estate_code, subject, cause, distance_m, length_m, illustrative, wkb)!
-- A task that is there already stays as it is.
INSERT INTO network_task (
    district_id, srid, kind, code, owner, receiver, estate_id, subject, cause, distance_m, length_m, illustrative, geom
)
VALUES (
    :district_id, :srid, :kind, :code, :owner, :receiver,
    (SELECT id FROM estate WHERE district_id = :district_id AND code = :estate_code),
    :subject, :cause, :distance_m, :length_m, :illustrative,
    ST_SetSRID(CAST(CAST(:wkb AS bytea) AS geometry), CAST(:srid AS integer))
)
ON CONFLICT (district_id, kind, code) DO NOTHING;

-- name: task_id(district_id, kind, code)^
SELECT network_task.id, network_task.owner FROM network_task
WHERE district_id = :district_id AND kind = :kind AND code = :code;

-- name: task_step_insert(task_id, state, happened_on, valid_until, mode, contractor, placement_before, placement_after, document, note, illustrative)!
INSERT INTO network_task_step (
    task_id, state, happened_on, valid_until, mode, contractor, placement_before, placement_after, document, note,
    illustrative
)
VALUES (
    :task_id, :state, :happened_on, :valid_until, :mode, :contractor, :placement_before, :placement_after, :document,
    :note, :illustrative
);

-- name: tasks_current(district_id, kind)
-- Tasks of a kind with their last step; what a later step does not say was said before.
SELECT
    network_task.code,
    network_task.owner,
    network_task.receiver,
    estate.code AS estate_code,
    estate.name AS estate,
    network_task.subject,
    network_task.cause,
    network_task.distance_m,
    network_task.length_m,
    network_task.illustrative,
    steps.state,
    steps.happened_on,
    steps.valid_until,
    steps.mode,
    steps.contractor,
    steps.placement_before,
    steps.placement_after,
    steps.document,
    ST_AsBinary(network_task.geom) AS wkb
FROM network_task
LEFT JOIN estate ON estate.id = network_task.estate_id
LEFT JOIN LATERAL (
    SELECT
        (array_agg(step.state ORDER BY step.id DESC))[1] AS state,
        (array_agg(step.happened_on ORDER BY step.id DESC))[1] AS happened_on,
        (array_agg(step.valid_until ORDER BY step.id DESC) FILTER (WHERE step.valid_until IS NOT NULL))[1]
            AS valid_until,
        (array_agg(step.mode ORDER BY step.id DESC) FILTER (WHERE step.mode IS NOT NULL))[1] AS mode,
        (array_agg(step.contractor ORDER BY step.id DESC) FILTER (WHERE step.contractor IS NOT NULL))[1]
            AS contractor,
        (array_agg(step.placement_before ORDER BY step.id DESC) FILTER (WHERE step.placement_before IS NOT NULL))[1]
            AS placement_before,
        (array_agg(step.placement_after ORDER BY step.id DESC) FILTER (WHERE step.placement_after IS NOT NULL))[1]
            AS placement_after,
        (array_agg(step.document ORDER BY step.id DESC) FILTER (WHERE step.document IS NOT NULL))[1] AS document
    FROM network_task_step AS step
    WHERE step.task_id = network_task.id
) AS steps ON true
WHERE network_task.district_id = :district_id AND network_task.kind = :kind
ORDER BY network_task.owner, network_task.code;

-- name: segment_retire(district_id, owner, utility, code, status)!
UPDATE pipe_segment
SET status = :status
WHERE district_id = :district_id AND owner = :owner AND utility = :utility AND code = :code AND replaced_by IS NULL;

-- name: segment_event_insert(district_id, owner, utility, code, status, happened_on, document, note, illustrative)!
INSERT INTO segment_event (district_id, owner, utility, code, status, happened_on, document, note, illustrative)
VALUES (:district_id, :owner, :utility, :code, :status, :happened_on, :document, :note, :illustrative);

-- name: segment_events(district_id)
SELECT owner, utility, code, status, happened_on, document, note
FROM segment_event
WHERE district_id = :district_id
ORDER BY id;

-- name: segments_handed_in_again(district_id, owner)
-- Lines of an owner that were recorded as given up and are in its newest upload as in use.
SELECT last.utility, last.code, last.status
FROM (
    SELECT DISTINCT ON (utility, code) utility, code, status
    FROM segment_event
    WHERE district_id = :district_id AND owner = :owner
    ORDER BY utility, code, id DESC
) AS last
JOIN pipe_segment
    ON pipe_segment.district_id = :district_id
    AND pipe_segment.owner = :owner
    AND pipe_segment.utility = last.utility
    AND pipe_segment.code = last.code
    AND pipe_segment.replaced_by IS NULL
WHERE last.status <> 'existing' AND pipe_segment.status NOT IN ('abandoned', 'connected')
ORDER BY last.utility, last.code;

-- name: gas_intent_insert(district_id, estate_id, owner, households, stated_on, note, illustrative)!
INSERT INTO gas_intent (district_id, estate_id, owner, households, stated_on, note, illustrative)
VALUES (:district_id, :estate_id, :owner, :households, :stated_on, :note, :illustrative);

-- name: gas_intents(district_id)
-- The last word on each estate that the account may see.
SELECT DISTINCT ON (estate.seq, estate.code)
    estate.code AS estate_code,
    estate.name AS estate,
    estate.households AS estate_households,
    subdistrict.name AS subdistrict,
    gas_intent.owner,
    gas_intent.households,
    gas_intent.stated_on,
    gas_intent.note,
    gas_intent.illustrative
FROM gas_intent
JOIN estate ON estate.id = gas_intent.estate_id
LEFT JOIN subdistrict ON subdistrict.id = estate.subdistrict_id
WHERE gas_intent.district_id = :district_id
ORDER BY estate.seq, estate.code, gas_intent.stated_on DESC, gas_intent.id DESC;

-- name: gas_intent_estates(district_id)
SELECT estate.id, estate.code, estate.name, estate.households, subdistrict.name AS subdistrict
FROM estate
LEFT JOIN subdistrict ON subdistrict.id = estate.subdistrict_id
WHERE estate.district_id = :district_id;

-- name: pipe_segments_of_version(district_id, owner, version)
-- What one upload handed in, current or not.
SELECT
    pipe_segment.code, pipe_segment.owner, pipe_segment.utility, pipe_segment.name, pipe_segment.section_text,
    pipe_segment.diameter_mm, pipe_segment.material, pipe_segment.pressure, pipe_segment.laying,
    pipe_segment.depth_m, pipe_segment.accuracy, pipe_segment.status,
    pipe_segment.replaced_by IS NULL AS is_current,
    ST_AsBinary(pipe_segment.geom) AS wkb
FROM pipe_segment
JOIN network_upload ON network_upload.id = pipe_segment.upload_id
WHERE network_upload.district_id = :district_id
    AND network_upload.owner = :owner
    AND network_upload.version = :version
ORDER BY pipe_segment.utility, pipe_segment.code;

-- name: clearance_row_insert(district_id, table_name, row_id, state, row_values, source, decided_by, decided_on, file_name, file_sha256)!
INSERT INTO clearance_row (
    district_id, table_name, row_id, state, row_values, source, decided_by, decided_on, file_name, file_sha256
)
VALUES (
    :district_id, :table_name, :row_id, :state, CAST(:row_values AS jsonb), :source, :decided_by, :decided_on, :file_name,
    :file_sha256
);

-- name: clearance_rows(district_id)
-- The last word on each row; one that was withdrawn is none.
SELECT last.table_name, last.row_id, last.row_values, last.source, last.decided_by, last.decided_on
FROM (
    SELECT DISTINCT ON (table_name, row_id) *
    FROM clearance_row
    WHERE district_id = :district_id
    ORDER BY table_name, row_id, id DESC
) AS last
WHERE last.state = 'set'
ORDER BY last.table_name, last.row_id;

-- name: demolition_link_insert(demolition_id, district_id, code, clause)!
-- A case of demolition stands for what is built over a gas line.
INSERT INTO demolition_encroachment (demolition_id, task_id, clause)
SELECT :demolition_id, network_task.id, :clause
FROM network_task
WHERE network_task.district_id = :district_id AND network_task.kind = 'encroachment' AND network_task.code = :code
ON CONFLICT (task_id) DO NOTHING;

-- name: demolition_links(district_id)
-- What is built over gas lines with the case of demolition it became, and where both stand.
SELECT
    network_task.code AS task,
    network_task.owner,
    network_task.subject,
    network_task.cause,
    COALESCE(step.state, '待处置') AS state,
    demolition.code AS demolition,
    demolition.kind,
    estate.name AS estate,
    event.step,
    event.happened_on,
    event.unit,
    link.clause
FROM demolition_encroachment AS link
JOIN network_task ON network_task.id = link.task_id
JOIN demolition ON demolition.id = link.demolition_id
JOIN estate ON estate.id = demolition.estate_id
LEFT JOIN LATERAL (
    SELECT told.state FROM network_task_step AS told WHERE told.task_id = network_task.id ORDER BY told.id DESC LIMIT 1
) AS step ON true
LEFT JOIN LATERAL (
    SELECT told.step, told.happened_on, told.unit
    FROM demolition_event AS told
    WHERE told.demolition_id = demolition.id
    ORDER BY told.happened_on DESC, told.id DESC
    LIMIT 1
) AS event ON true
WHERE network_task.district_id = :district_id
ORDER BY network_task.owner, network_task.code;
