-- One network company may lead the works of all telecom companies in an area.
-- depends: 0009.adopted_areas

ALTER TABLE renewal_area ADD COLUMN lead_telecom text CHECK (btrim(lead_telecom) <> '');
