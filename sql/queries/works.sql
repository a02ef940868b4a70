-- name: works_estates(district_id)
-- Estates as people name them, to find the one a record means.
SELECT id, code, name, households FROM estate WHERE district_id = :district_id ORDER BY seq NULLS LAST, code;

-- name: works_projects(district_id)
SELECT id, code, name FROM project WHERE district_id = :district_id ORDER BY plan_year, code;

-- name: library_entry_insert(estate_id, state, plan_year, happened_on, document, illustrative)!
INSERT INTO library_entry (estate_id, state, plan_year, happened_on, document, illustrative)
VALUES (:estate_id, :state, :plan_year, :happened_on, :document, :illustrative);

-- name: library_state_set(estate_ids)!
-- The register shows the last word of the library.
UPDATE estate
SET library_state = told.state
FROM (
    SELECT DISTINCT ON (estate_id) estate_id, state
    FROM library_entry
    WHERE estate_id = ANY (:estate_ids)
    ORDER BY estate_id, happened_on DESC, id DESC
) AS told
WHERE estate.id = told.estate_id AND estate.library_state IS DISTINCT FROM told.state;

-- name: library_entries(district_id, as_of)
SELECT DISTINCT ON (estate.id)
    estate.code AS estate_code, entry.state, entry.plan_year, entry.happened_on, entry.document, entry.illustrative
FROM library_entry AS entry
JOIN estate ON estate.id = entry.estate_id
WHERE estate.district_id = :district_id AND entry.happened_on <= :as_of
ORDER BY estate.id, entry.happened_on DESC, entry.id DESC;

-- name: estate_figure_insert(estate_id, kind, item, amount, happened_on, source, illustrative)!
INSERT INTO estate_figure (estate_id, kind, item, amount, happened_on, source, illustrative)
VALUES (:estate_id, :kind, :item, :amount, :happened_on, :source, :illustrative);

-- name: estate_figures(district_id, as_of)
-- The last word on each figure up to a day; intents to be connected to gas stand in a table of their own.
SELECT DISTINCT ON (estate.id, figure.kind, figure.item)
    estate.code AS estate_code, figure.kind, figure.item, figure.amount, figure.happened_on, figure.source,
    figure.illustrative
FROM (
    SELECT estate_id, kind, item, amount, happened_on, source, illustrative, id FROM estate_figure
    UNION ALL
    SELECT estate_id, '燃气报装意向', '', households, stated_on, note, illustrative, id FROM gas_intent
) AS figure
JOIN estate ON estate.id = figure.estate_id
WHERE estate.district_id = :district_id AND figure.happened_on <= :as_of
ORDER BY estate.id, figure.kind, figure.item, figure.happened_on DESC, figure.id DESC;

-- name: estate_output_insert(estate_id, item, status, amount, happened_on, document, illustrative)!
INSERT INTO estate_output (estate_id, item, status, amount, happened_on, document, illustrative)
VALUES (:estate_id, :item, :status, :amount, :happened_on, :document, :illustrative);

-- name: estate_outputs(district_id, as_of)
SELECT DISTINCT ON (estate.id, output.item, output.status)
    estate.code AS estate_code, output.item, output.status, output.amount, output.happened_on, output.document,
    output.illustrative
FROM estate_output AS output
JOIN estate ON estate.id = output.estate_id
WHERE estate.district_id = :district_id AND output.happened_on <= :as_of
ORDER BY estate.id, output.item, output.status, output.happened_on DESC, output.id DESC;

-- name: output_month_insert(district_id, month, rows)$
INSERT INTO output_month (district_id, month, rows)
VALUES (:district_id, :month, CAST(:rows AS jsonb))
RETURNING id;

-- name: output_month(district_id, month)^
SELECT month, rows, frozen_at, frozen_by FROM output_month WHERE district_id = :district_id AND month = :month;

-- name: output_month_latest(district_id)$
SELECT max(month) FROM output_month WHERE district_id = :district_id;

-- name: project_fund_insert(project_id, source, status, amount_cny, happened_on, document, illustrative)!
INSERT INTO project_fund (project_id, source, status, amount_cny, happened_on, document, illustrative)
VALUES (:project_id, :source, :status, :amount_cny, :happened_on, :document, :illustrative);

-- name: project_funds(district_id, as_of)
SELECT DISTINCT ON (project.id, fund.source, fund.status)
    project.code AS project_code, fund.source, fund.status, fund.amount_cny, fund.happened_on, fund.document,
    fund.illustrative
FROM project_fund AS fund
JOIN project ON project.id = fund.project_id
WHERE project.district_id = :district_id AND fund.happened_on <= :as_of
ORDER BY project.id, fund.source, fund.status, fund.happened_on DESC, fund.id DESC;

-- name: handover_entry_insert(estate_id, kind, name, quantity, unit, in_municipal_road, receiver, handed_over, happened_on, document, illustrative)!
INSERT INTO handover_entry (
    estate_id, kind, name, quantity, unit, in_municipal_road, receiver, handed_over, happened_on, document, illustrative
)
VALUES (
    :estate_id, :kind, :name, :quantity, :unit, :in_municipal_road, :receiver, :handed_over, :happened_on, :document,
    :illustrative
);

-- name: handover_entries(district_id, as_of)
SELECT DISTINCT ON (estate.id, entry.kind, entry.name)
    estate.code AS estate_code, entry.kind, entry.name, entry.quantity, entry.unit, entry.in_municipal_road,
    entry.receiver, entry.handed_over, entry.happened_on, entry.document, entry.illustrative
FROM handover_entry AS entry
JOIN estate ON estate.id = entry.estate_id
WHERE estate.district_id = :district_id AND entry.happened_on <= :as_of
ORDER BY estate.id, entry.kind, entry.name, entry.happened_on DESC, entry.id DESC;

-- name: demolition_find(district_id, codes)
-- What is recorded of some cases, with the step each has reached.
SELECT DISTINCT ON (demolition.id)
    demolition.id, demolition.code, demolition.estate_id, event.step, event.happened_on
FROM demolition
LEFT JOIN demolition_event AS event ON event.demolition_id = demolition.id
WHERE demolition.district_id = :district_id AND demolition.code = ANY (:codes)
ORDER BY demolition.id, event.happened_on DESC, event.id DESC;

-- name: demolition_lock(district_id)!
-- Two files of records at once wait for each other.
SELECT pg_advisory_xact_lock(hashtext('works'), hashtext(:district_id));

-- name: demolition_insert(district_id, srid, code, estate_id, kind, name, area_m2, east_m, north_m, illustrative)$
-- Without coordinates of its own a case stands where the obstacle of the same code stands.
INSERT INTO demolition (district_id, srid, code, estate_id, kind, name, area_m2, illustrative, geom)
SELECT
    :district_id, :srid, :code, :estate_id, :kind, :name, :area_m2, :illustrative,
    CASE
        WHEN CAST(:east_m AS double precision) IS NOT NULL
            THEN ST_SetSRID(ST_MakePoint(CAST(:east_m AS double precision), CAST(:north_m AS double precision)), :srid)
        ELSE (
            SELECT obstacle.geom
            FROM obstacle
            WHERE obstacle.district_id = :district_id
                AND obstacle.code = :code
                AND GeometryType(obstacle.geom) IN ('POINT', 'POLYGON', 'MULTIPOLYGON')
        )
    END
RETURNING id;

-- name: demolition_event_insert(demolition_id, step, happened_on, due_on, unit, document, illustrative)!
INSERT INTO demolition_event (demolition_id, step, happened_on, due_on, unit, document, illustrative)
VALUES (:demolition_id, :step, :happened_on, :due_on, :unit, :document, :illustrative);

-- name: demolitions(district_id, as_of)
-- Cases known by a day with the step reached and the works planned on the same ground.
WITH lane AS MATERIALIZED (SELECT obstacle, geom FROM fire_lane_ground(:district_id)),
on_lane AS MATERIALIZED (
    SELECT demolition.id
    FROM lane
    JOIN demolition ON demolition.district_id = :district_id AND demolition.code = lane.obstacle
    UNION
    SELECT demolition.id
    FROM lane
    JOIN demolition ON demolition.district_id = :district_id AND ST_DWithin(demolition.geom, lane.geom, 1.0)
    WHERE lane.obstacle IS NULL
)
SELECT DISTINCT ON (demolition.id)
    demolition.code, estate.code AS estate_code, demolition.kind, demolition.name, demolition.area_m2,
    event.step, event.happened_on, event.due_on, event.unit, event.document, demolition.illustrative,
    (
        SELECT count(*)
        FROM pipe_segment
        WHERE pipe_segment.district_id = demolition.district_id
            AND pipe_segment.status = 'planned'
            AND pipe_segment.replaced_by IS NULL
            AND ST_DWithin(pipe_segment.geom, demolition.geom, 1.0)
    ) AS planned_lines,
    demolition.id IN (SELECT id FROM on_lane) AS on_fire_lane,
    (
        SELECT count(*) FROM estate_photo AS photo
        WHERE photo.demolition_id = demolition.id AND photo.happened_on <= :as_of
    ) AS photos
FROM demolition
JOIN estate ON estate.id = demolition.estate_id
JOIN demolition_event AS event ON event.demolition_id = demolition.id AND event.happened_on <= :as_of
WHERE demolition.district_id = :district_id
ORDER BY demolition.id, event.happened_on DESC, event.id DESC;

-- name: demolitions_open(project_id, as_of, removed_step, reach_m, adjoining_m)
-- What still stands on the ground of the works of a project.
SELECT code, kind, name, step, unit, estate, utility, fire_plan, distance_m
FROM standing_on_works(:project_id, :as_of, :removed_step, :reach_m, :adjoining_m);

-- name: complaint_insert(district_id, srid, code, estate_id, channel, kind, place, unit, happened_on, due_on, east_m, north_m, illustrative)$
INSERT INTO complaint (
    district_id, srid, code, estate_id, channel, kind, place, unit, happened_on, due_on, illustrative, geom
)
VALUES (
    :district_id, :srid, :code, :estate_id, :channel, :kind, :place, :unit, :happened_on, :due_on, :illustrative,
    ST_SetSRID(ST_MakePoint(CAST(:east_m AS double precision), CAST(:north_m AS double precision)), :srid)
)
RETURNING id;

-- name: complaint_find(district_id, codes)
SELECT id, code, estate_id, happened_on FROM complaint WHERE district_id = :district_id AND code = ANY (:codes);

-- name: complaint_person_insert(complaint_id, name, contact)!
INSERT INTO complaint_person (complaint_id, name, contact) VALUES (:complaint_id, :name, :contact);

-- name: complaint_answer_insert(complaint_id, happened_on, answer)!
INSERT INTO complaint_answer (complaint_id, happened_on, answer) VALUES (:complaint_id, :happened_on, :answer);

-- name: complaints(district_id, as_of)
-- Without the people: names and contacts are in no report.
SELECT DISTINCT ON (complaint.id)
    complaint.code, estate.code AS estate_code, complaint.channel, complaint.kind, complaint.place, complaint.unit,
    complaint.happened_on, complaint.due_on, told.happened_on AS answered_on, told.answer,
    COALESCE(told.closed, false) AS closed, complaint.illustrative
FROM complaint
JOIN estate ON estate.id = complaint.estate_id
LEFT JOIN complaint_answer AS told ON told.complaint_id = complaint.id AND told.happened_on <= :as_of
WHERE complaint.district_id = :district_id AND complaint.happened_on <= :as_of
ORDER BY complaint.id, told.happened_on DESC, told.id DESC;

-- name: estate_photo_insert(estate_id, demolition_id, phase, caption, happened_on, taken_by, jpeg, sha256, illustrative)!
INSERT INTO estate_photo (
    estate_id, demolition_id, phase, caption, happened_on, taken_by, jpeg, sha256, illustrative
)
VALUES (
    :estate_id, :demolition_id, :phase, :caption, :happened_on, :taken_by, :jpeg, :sha256, :illustrative
)
ON CONFLICT DO NOTHING;

-- name: estate_photos(district_id, as_of, estates)
-- The latest picture of each phase of an estate; :estates null for all.
SELECT DISTINCT ON (estate.id, photo.phase)
    estate.code AS estate_code, photo.phase, photo.caption, photo.happened_on, photo.jpeg, photo.illustrative
FROM estate_photo AS photo
JOIN estate ON estate.id = photo.estate_id
WHERE estate.district_id = :district_id
    AND photo.happened_on <= :as_of
    AND photo.demolition_id IS NULL
    AND (CAST(:estates AS text[]) IS NULL OR estate.code = ANY (CAST(:estates AS text[])))
ORDER BY estate.id, photo.phase, photo.happened_on DESC, photo.id DESC;

-- name: renewal_area_members(district_id)
SELECT area.code, area.name, estate.code AS estate_code
FROM renewal_area AS area
JOIN renewal_area_estate AS member ON member.renewal_area_id = area.id
JOIN estate ON estate.id = member.estate_id
WHERE area.district_id = :district_id
ORDER BY area.code, estate.seq NULLS LAST, estate.code;

-- name: demonstration_area_members(district_id)
SELECT area.name, area.note, estate.code AS estate_code
FROM demonstration_area AS area
LEFT JOIN demonstration_area_estate AS member ON member.demonstration_area_id = area.id
LEFT JOIN estate ON estate.id = member.estate_id
WHERE area.district_id = :district_id
ORDER BY area.id, estate.seq NULLS LAST, estate.code;

-- name: stage_events_of_district(district_id, as_of)
-- Every record of a stage in its order, for the time slider.
SELECT
    project.code AS project_code, event.stage_no, event.stage_name, event.happened_on, event.evidence,
    event.illustrative
FROM stage_event AS event
JOIN project ON project.id = event.project_id
WHERE project.district_id = :district_id AND event.happened_on <= :as_of
ORDER BY project.code, event.happened_on, event.id;

-- name: weak_current_metres(district_id)
-- Of the lines within each estate: telecom metres underground (埋地、管道、管沟) and of known laying, and the metres that
-- common trenches save: of the lines in one trench all but the longest.
WITH piece AS (
    SELECT
        estate.code AS estate_code, pipe_segment.utility, pipe_segment.laying, pipe_segment.common_trench,
        ST_Length(ST_Intersection(pipe_segment.geom, estate.geom)) AS length_m
    FROM estate
    JOIN pipe_segment
        ON pipe_segment.district_id = estate.district_id
        AND pipe_segment.replaced_by IS NULL
        AND ST_Intersects(pipe_segment.geom, estate.geom)
    WHERE estate.district_id = :district_id
),
trench AS (
    SELECT told.estate_code, sum(told.saved_m) AS saved_m
    FROM (
        SELECT estate_code, common_trench, sum(length_m) - max(length_m) AS saved_m
        FROM piece
        WHERE common_trench IS NOT NULL
        GROUP BY estate_code, common_trench
    ) AS told
    GROUP BY told.estate_code
)
SELECT
    piece.estate_code,
    COALESCE(sum(piece.length_m) FILTER (
        WHERE piece.utility = 'telecom' AND piece.laying IN ('buried', 'duct', 'trench')
    ), 0) AS underground_m,
    COALESCE(sum(piece.length_m) FILTER (WHERE piece.utility = 'telecom' AND piece.laying IS NOT NULL), 0) AS known_m,
    max(trench.saved_m) AS saved_m
FROM piece
LEFT JOIN trench ON trench.estate_code = piece.estate_code
GROUP BY piece.estate_code
ORDER BY piece.estate_code;

-- name: pipe_metres(district_id, estates)
-- Metres of lines within some estates by kind of network.
SELECT
    estate.code AS estate_code, pipe_segment.utility,
    sum(ST_Length(ST_Intersection(pipe_segment.geom, estate.geom))) AS length_m
FROM estate
JOIN pipe_segment
    ON pipe_segment.district_id = estate.district_id
    AND pipe_segment.replaced_by IS NULL
    AND ST_Intersects(pipe_segment.geom, estate.geom)
WHERE estate.district_id = :district_id AND estate.code = ANY (:estates)
GROUP BY estate.code, pipe_segment.utility
ORDER BY estate.code, pipe_segment.utility;

-- name: works_filing(district_id, as_of)
-- The last state of each plan of a company for an estate up to a day, and the day it was first handed in.
SELECT DISTINCT ON (estate.id, filing.owner)
    estate.code AS estate_code,
    filing.owner,
    filing.state,
    min(filing.happened_on) FILTER (WHERE filing.state = '已报') OVER (PARTITION BY estate.id, filing.owner) AS handed_in
FROM filing_event AS filing
JOIN estate ON estate.id = filing.estate_id
WHERE filing.district_id = :district_id AND filing.happened_on <= :as_of
ORDER BY estate.id, filing.owner, filing.id DESC;

-- name: extinguisher_floors(district_id)
-- Floors of each estate's buildings; a building without floors makes the estate's need unknown.
SELECT estate.code AS estate_code, count(*) AS buildings, sum(building.floors) AS floors,
    count(*) FILTER (WHERE building.floors IS NULL) AS unknown
FROM building
JOIN estate ON estate.id = building.estate_id
WHERE building.district_id = :district_id
GROUP BY estate.code
ORDER BY estate.code;
