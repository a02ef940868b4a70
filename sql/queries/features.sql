-- name: import_batch_insert(district_id, kind, file_name, file_sha256, file_layer, declared_crs, credit, rows_read, rows_stored, report)$
INSERT INTO import_batch (
    district_id, kind, file_name, file_sha256, file_layer, declared_crs, credit, rows_read, rows_stored, report
)
VALUES (
    :district_id, :kind, :file_name, :file_sha256, :file_layer, :declared_crs, :credit,
    :rows_read, :rows_stored, CAST(:report AS jsonb)
)
RETURNING id;
