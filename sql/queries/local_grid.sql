-- name: local_grid_put(district_id, name, along, across, east_m, north_m, limit_m, max_residual_m, points)!
INSERT INTO local_grid (district_id, name, along, across, east_m, north_m, limit_m, max_residual_m, points)
VALUES (
    :district_id, :name, :along, :across, :east_m, :north_m, :limit_m, :max_residual_m, CAST(:points AS jsonb)
)
ON CONFLICT (district_id, name) DO UPDATE SET
    along = EXCLUDED.along,
    across = EXCLUDED.across,
    east_m = EXCLUDED.east_m,
    north_m = EXCLUDED.north_m,
    limit_m = EXCLUDED.limit_m,
    max_residual_m = EXCLUDED.max_residual_m,
    points = EXCLUDED.points,
    stored_at = now(),
    stored_by = current_setting('gisplanner.actor', true);

-- name: local_grid_list(district_id)
SELECT name, along, across, east_m, north_m, max_residual_m
FROM local_grid
WHERE district_id = :district_id
ORDER BY name;
