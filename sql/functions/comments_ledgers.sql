-- What the tables of open questions and imagery mean, with unit, Chinese term and source. Re-applied after each migration.

COMMENT ON COLUMN estate.survey_batch_id IS '来源：补充建成时间、产权性质的最近一次导入批次';
COMMENT ON COLUMN estate_figure.batch_id IS '来源：导入批次；空 = 不是由表格导入';
COMMENT ON COLUMN project.batch_id IS '来源：首次带来该项目的导入批次；空 = 早于此栏';
COMMENT ON COLUMN import_undo.partial IS '是否只记了部分列：撤销时只复原这些列';

COMMENT ON TABLE open_question IS '待核问题：导入时不能替人决定的事，留存到有人答复为止';
COMMENT ON COLUMN open_question.id IS '内部编号，答复时用';
COMMENT ON COLUMN open_question.district_id IS '所属区县';
COMMENT ON COLUMN open_question.kind IS '种类：which_estate 是哪个小区、which_value 两个值取哪个、what_value 读不准的值、doubtful_figure 数字存疑、same_estate 是否同一小区';
COMMENT ON COLUMN open_question.fingerprint IS '同一问题的标识：再次导入不重复提问，已答复的不再问';
COMMENT ON COLUMN open_question.subject IS '问的是谁：文件中的名称或小区名称';
COMMENT ON COLUMN open_question.question IS '问题（JSON：zh 中文，en 英文）';
COMMENT ON COLUMN open_question.choices IS '可选的答复（JSON 数组：answer 答复，zh、en 说明，score 相似度 0–100）';
COMMENT ON COLUMN open_question.details IS '答复之后要写入的内容（JSON）';
COMMENT ON COLUMN open_question.file_name IS '来自哪个文件';
COMMENT ON COLUMN open_question.file_row IS '文件中的行号；不针对某一行时为空';
COMMENT ON COLUMN open_question.batch_id IS '提问的导入批次；没有写入任何内容的导入为空';
COMMENT ON COLUMN open_question.asked_at IS '提问时间';
COMMENT ON COLUMN open_question.asked_by IS '导入人账户';
COMMENT ON COLUMN open_question.answer IS '答复；空 = 待答';
COMMENT ON COLUMN open_question.note IS '答复的依据或说明';
COMMENT ON COLUMN open_question.answered_at IS '答复时间';
COMMENT ON COLUMN open_question.answered_by IS '答复人账户';
COMMENT ON COLUMN open_question.answer_batch_id IS '照答复写入的批次；撤销它即重新待答';
COMMENT ON COLUMN open_question.lapsed_at IS '不再成立的时间：同名文件的新版本里已没有这个问题';

COMMENT ON TABLE estate_alias IS '小区别名：有人确认过，某名称就是台账中的某小区；以后的导入照此对应';
COMMENT ON COLUMN estate_alias.district_id IS '所属区县';
COMMENT ON COLUMN estate_alias.name_key IS '规范化后的名称，用于对应';
COMMENT ON COLUMN estate_alias.name IS '别名原文';
COMMENT ON COLUMN estate_alias.estate_id IS '小区';
COMMENT ON COLUMN estate_alias.batch_id IS '来源：答复的批次';
COMMENT ON COLUMN estate_alias.said_at IS '确认时间';
COMMENT ON COLUMN estate_alias.said_by IS '确认人账户';

COMMENT ON TABLE orthophoto IS '正射影像：地图的离线底图，存为 Web 墨卡托瓦片';
COMMENT ON COLUMN orthophoto.id IS '内部编号';
COMMENT ON COLUMN orthophoto.district_id IS '所属区县';
COMMENT ON COLUMN orthophoto.name IS '影像名称，区县内唯一';
COMMENT ON COLUMN orthophoto.file_name IS '来源文件名';
COMMENT ON COLUMN orthophoto.file_sha256 IS '来源文件的 SHA-256';
COMMENT ON COLUMN orthophoto.source_crs IS '来源文件的坐标系';
COMMENT ON COLUMN orthophoto.licence IS '影像来源与使用许可，印在每张图上';
COMMENT ON COLUMN orthophoto.taken_on IS '拍摄时间：年、年-月或年-月-日；空 = 未注明';
COMMENT ON COLUMN orthophoto.accuracy_m IS '平面位置中误差，米；空 = 未注明';
COMMENT ON COLUMN orthophoto.pixel_m IS '所存最细一级瓦片的地面分辨率，米';
COMMENT ON COLUMN orthophoto.min_zoom IS '最粗一级';
COMMENT ON COLUMN orthophoto.max_zoom IS '最细一级';
COMMENT ON COLUMN orthophoto.west_deg IS '西界经度，度（WGS 84）';
COMMENT ON COLUMN orthophoto.south_deg IS '南界纬度，度（WGS 84）';
COMMENT ON COLUMN orthophoto.east_deg IS '东界经度，度（WGS 84）';
COMMENT ON COLUMN orthophoto.north_deg IS '北界纬度，度（WGS 84）';
COMMENT ON COLUMN orthophoto.stored_at IS '入库时间';
COMMENT ON COLUMN orthophoto.stored_by IS '入库人账户';

COMMENT ON TABLE orthophoto_tile IS '正射影像瓦片，WebMercatorQuad，原点在左上';
COMMENT ON COLUMN orthophoto_tile.orthophoto_id IS '正射影像';
COMMENT ON COLUMN orthophoto_tile.zoom IS '级别';
COMMENT ON COLUMN orthophoto_tile.tile_column IS '列号，自西向东';
COMMENT ON COLUMN orthophoto_tile.tile_row IS '行号，自北向南';
COMMENT ON COLUMN orthophoto_tile.image IS '图片（JPEG、PNG 或 WebP），256 或 512 像素见方';
