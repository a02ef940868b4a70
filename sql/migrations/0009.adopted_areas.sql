-- Adopted bundles keep who is in them and what the 备注 column calls them; a lock can be taken off again.
-- depends: 0008.proposals

ALTER TABLE renewal_area
    ADD COLUMN remark text CHECK (remark <> ''),
    ADD COLUMN estate_codes text[] NOT NULL DEFAULT '{}';

UPDATE renewal_area
SET estate_codes = COALESCE(
    (
        SELECT array_agg(estate.code ORDER BY estate.code)
        FROM renewal_area_estate
        JOIN estate ON estate.id = renewal_area_estate.estate_id
        WHERE renewal_area_estate.renewal_area_id = renewal_area.id
    ),
    '{}'
);

ALTER TABLE proposal_change DROP CONSTRAINT proposal_change_kind_check;
ALTER TABLE proposal_change ADD CONSTRAINT proposal_change_kind_check CHECK (
    kind IN ('made', 'move', 'merge', 'split', 'lock', 'unlock', 'reoptimise', 'undo', 'adopt')
);
