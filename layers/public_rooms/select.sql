SELECT
    public_room.code,
    estate.name AS estate,
    estate.code AS estate_code,
    public_room.kind,
    public_room.name,
    public_room.current_use,
    public_room.state,
    public_room.area_m2,
    public_room.owner,
    public_room.surveyed_on,
    public_room.note,
    public_room.illustrative,
    public_room.geom
FROM public_room
LEFT JOIN estate ON estate.id = public_room.estate_id
WHERE public_room.district_id = :district_id
ORDER BY public_room.code
