-- name: question_ask(district_id, kind, fingerprint, subject, question, choices, details, file_name, file_row, batch_id)!
-- A question that was asked before is not asked again; one that had lapsed and arises again is open again.
INSERT INTO open_question (
    district_id, kind, fingerprint, subject, question, choices, details, file_name, file_row, batch_id
)
VALUES (
    :district_id, :kind, :fingerprint, :subject, CAST(:question AS jsonb), CAST(:choices AS jsonb),
    CAST(:details AS jsonb), :file_name, :file_row, :batch_id
)
ON CONFLICT (district_id, fingerprint) DO UPDATE
SET
    choices = excluded.choices,
    details = excluded.details,
    question = excluded.question,
    file_row = excluded.file_row,
    batch_id = COALESCE(excluded.batch_id, open_question.batch_id),
    lapsed_at = NULL
WHERE open_question.answer IS NULL;

-- name: question_lapse(district_id, kinds, file_name, asked)!
-- What the new version of a file no longer raises; without a file name, of whatever file.
UPDATE open_question
SET lapsed_at = clock_timestamp()
WHERE district_id = :district_id
    AND kind = ANY (CAST(:kinds AS text[]))
    AND (CAST(:file_name AS text) IS NULL OR file_name = :file_name)
    AND NOT fingerprint = ANY (CAST(:asked AS text[]))
    AND answer IS NULL
    AND lapsed_at IS NULL;

-- name: question_lapse_batch(batch_id)!
UPDATE open_question
SET lapsed_at = clock_timestamp()
WHERE batch_id = :batch_id AND answer IS NULL AND lapsed_at IS NULL;

-- name: question_list(district_id, with_settled)
SELECT
    id, kind, subject, question, choices, details, file_name, file_row, batch_id, asked_at, asked_by,
    answer, note, answered_at, answered_by, lapsed_at
FROM open_question
WHERE district_id = :district_id AND (:with_settled OR (answer IS NULL AND lapsed_at IS NULL))
ORDER BY id;

-- name: question_answered(district_id)
-- What somebody has answered already: it is not asked again.
SELECT fingerprint FROM open_question WHERE district_id = :district_id AND answer IS NOT NULL;

-- name: question_get(district_id, question_id)^
SELECT
    id, kind, subject, question, choices, details, file_name, file_row, batch_id, asked_at, asked_by,
    answer, note, answered_at, answered_by, lapsed_at
FROM open_question
WHERE district_id = :district_id AND id = :question_id
FOR UPDATE;

-- name: question_answer(question_id, answer, note, batch_id)!
UPDATE open_question
SET
    answer = :answer,
    note = :note,
    answer_batch_id = :batch_id,
    answered_at = clock_timestamp(),
    answered_by = COALESCE(NULLIF(current_setting('gisplanner.actor', true), ''), current_user)
WHERE id = :question_id;

-- name: question_reopen(batch_id)!
-- The answer of a batch that is taken back is no answer any more.
UPDATE open_question
SET answer = NULL, note = NULL, answered_at = NULL, answered_by = NULL, answer_batch_id = NULL
WHERE answer_batch_id = :batch_id;

-- name: alias_forget(batch_id)!
DELETE FROM estate_alias WHERE batch_id = :batch_id;

-- name: alias_set(district_id, name_key, name, estate_id, batch_id)!
INSERT INTO estate_alias (district_id, name_key, name, estate_id, batch_id)
VALUES (:district_id, :name_key, :name, :estate_id, :batch_id)
ON CONFLICT (district_id, name_key) DO UPDATE
SET
    name = excluded.name,
    estate_id = excluded.estate_id,
    batch_id = excluded.batch_id,
    said_at = now(),
    said_by = COALESCE(NULLIF(current_setting('gisplanner.actor', true), ''), current_user);

-- name: alias_list(district_id)
SELECT estate_alias.name_key, estate.code
FROM estate_alias
JOIN estate ON estate.id = estate_alias.estate_id
WHERE estate_alias.district_id = :district_id;

-- name: survey_estates(district_id, willing_kind)
-- What is known of every estate in the columns a survey fills, with its latest count of willing households.
SELECT
    estate.id, estate.code, estate.name, community.name AS community, estate.households, estate.year_built,
    estate.ownership, willing.amount AS willing_households
FROM estate
LEFT JOIN community ON community.id = estate.community_id
LEFT JOIN LATERAL (
    SELECT figure.amount
    FROM estate_figure AS figure
    WHERE figure.estate_id = estate.id AND figure.kind = :willing_kind AND figure.item = ''
    ORDER BY figure.happened_on DESC, figure.id DESC
    LIMIT 1
) AS willing ON true
WHERE estate.district_id = :district_id
ORDER BY estate.seq NULLS LAST, estate.code;

-- name: survey_fill(estate_id, year_built, ownership, batch_id)!
UPDATE estate
SET
    year_built = COALESCE(:year_built, year_built),
    ownership = COALESCE(:ownership, ownership),
    survey_batch_id = :batch_id
WHERE id = :estate_id;

-- name: survey_figure(estate_id, kind, amount, happened_on, source, batch_id)!
INSERT INTO estate_figure (estate_id, kind, amount, happened_on, source, batch_id)
VALUES (:estate_id, :kind, :amount, :happened_on, :source, :batch_id);

-- name: survey_figures_undo(batch_id)!
DELETE FROM estate_figure WHERE batch_id = :batch_id;
