-- name: network_line_retire(district_id, owner, utility, code, upload_id)!
-- One current line gives way to an upload.
UPDATE pipe_segment
SET replaced_by = :upload_id
WHERE district_id = :district_id
    AND owner = :owner
    AND utility = :utility
    AND code = :code
    AND replaced_by IS NULL;

-- name: one_by_one()!
-- Until the transaction ends, what is added is a feature by itself and leaves a line in the history.
SELECT set_config('gisplanner.one_by_one', 'on', true);
