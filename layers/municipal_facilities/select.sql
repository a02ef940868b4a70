SELECT
    municipal_facility.code,
    municipal_facility.kind,
    municipal_facility.name,
    municipal_facility.condition,
    municipal_facility.owner,
    municipal_facility.keeper,
    municipal_facility.quantity,
    municipal_facility.unit,
    municipal_facility.surveyed_on,
    municipal_facility.note,
    municipal_facility.illustrative,
    municipal_facility.geom
FROM municipal_facility
WHERE municipal_facility.district_id = :district_id
ORDER BY municipal_facility.code
