-- name: cut_over_lock(district_id)!
-- Bookings of a district come one after the other: none overlaps with one made at the same time.
SELECT pg_advisory_xact_lock(hashtext('cut_over_window'), hashtext(:district_id));

-- name: cut_over_insert(district_id, estate_id, owner, kind, building, first_day, last_day, fixed_day, cancelled, note, illustrative)!
INSERT INTO cut_over_window (
    district_id, estate_id, owner, kind, building, first_day, last_day, fixed_day, cancelled, note, illustrative
)
VALUES (
    :district_id, :estate_id, :owner, :kind, :building, :first_day, :last_day, :fixed_day, :cancelled, :note,
    :illustrative
);

-- name: cut_overs_current(district_id)
-- The last word on each estate, company and building; one that was cancelled is none.
SELECT
    last.estate_code, last.estate, last.owner, last.kind, last.building, last.first_day, last.last_day, last.fixed_day,
    last.note, last.illustrative
FROM (
    SELECT DISTINCT ON (cut_over_window.estate_id, cut_over_window.owner, kind, building)
        estate.code AS estate_code,
        estate.name AS estate,
        estate.seq,
        cut_over_window.*
    FROM cut_over_window
    JOIN estate ON estate.id = cut_over_window.estate_id
    WHERE cut_over_window.district_id = :district_id
    ORDER BY cut_over_window.estate_id, cut_over_window.owner, kind, building, cut_over_window.id DESC
) AS last
WHERE NOT last.cancelled
ORDER BY last.seq NULLS LAST, last.estate_code, last.first_day, last.owner, last.kind DESC, last.building NULLS FIRST;
