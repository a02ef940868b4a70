-- What the tables of evidence and of filing days mean, with Chinese term and source. Re-applied after each migration.

COMMENT ON TABLE stage_evidence IS '佐证文件：项目进入一个阶段时留存的文件或照片，只追加';
COMMENT ON COLUMN stage_evidence.id IS '内部编号';
COMMENT ON COLUMN stage_evidence.stage_event_id IS '所佐证的进度记录';
COMMENT ON COLUMN stage_evidence.file_name IS '文件名';
COMMENT ON COLUMN stage_evidence.media_type IS '文件类型：PDF、JPEG、PNG、DOCX、XLSX';
COMMENT ON COLUMN stage_evidence.content IS '文件内容；照片已缩小并去除拍摄信息';
COMMENT ON COLUMN stage_evidence.sha256 IS '原文件的 SHA-256';
COMMENT ON COLUMN stage_evidence.recorded_at IS '记录时间';
COMMENT ON COLUMN stage_evidence.recorded_by IS '记录人账户';

COMMENT ON TABLE filing_due IS '管线方案报送期限：文件没有规定，由指挥部办公室发文确定，只追加，以最后一条为准';
COMMENT ON COLUMN filing_due.id IS '内部编号';
COMMENT ON COLUMN filing_due.district_id IS '所属区县';
COMMENT ON COLUMN filing_due.project_id IS '只对一个项目的期限；空为全区县';
COMMENT ON COLUMN filing_due.due_on IS '最迟报送日期';
COMMENT ON COLUMN filing_due.set_on IS '确定期限的日期';
COMMENT ON COLUMN filing_due.document IS '确定期限的文号或通知';
COMMENT ON COLUMN filing_due.illustrative IS '示例：由演示写入，不是真实记录';
COMMENT ON COLUMN filing_due.recorded_at IS '记录时间';
COMMENT ON COLUMN filing_due.recorded_by IS '记录人账户';

COMMENT ON COLUMN estate_photo.taken_by IS '拍摄人；记录人账户另存';
COMMENT ON COLUMN estate_photo.phase IS '改造前 / 改造后；拆违事项为 拆除前 / 拆除后';
