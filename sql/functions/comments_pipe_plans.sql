-- What the table of pipeline plans means, with unit and Chinese term. Re-applied after each migration.

COMMENT ON TABLE pipe_plan IS '管线综合方案：人工干预及理由、输入版本、参数和答案，存入后不改，多个方案并列比较';
COMMENT ON COLUMN pipe_plan.id IS '内部编号';
COMMENT ON COLUMN pipe_plan.district_id IS '所属区县';
COMMENT ON COLUMN pipe_plan.srid IS '坐标系编号，与区县一致';
COMMENT ON COLUMN pipe_plan.name IS '方案名称，区县内唯一';
COMMENT ON COLUMN pipe_plan.reason IS '存入理由';
COMMENT ON COLUMN pipe_plan.project IS '项目编码或名称；空为全部小区';
COMMENT ON COLUMN pipe_plan.engine_version IS '程序版本';
COMMENT ON COLUMN pipe_plan.inputs_sha256 IS '楼栋、道路、接入点、现状管线的 SHA-256';
COMMENT ON COLUMN pipe_plan.parameters IS '参数（JSON）：种子、净距条文版本';
COMMENT ON COLUMN pipe_plan.hand IS '人工干预（JSON）：禁用、强制、锁定道路，移动接入位置，各有理由';
COMMENT ON COLUMN pipe_plan.answer IS '方案结果（JSON），长度单位米';
COMMENT ON COLUMN pipe_plan.geom IS '规划管线，单位米';
COMMENT ON COLUMN pipe_plan.illustrative IS '是否示意数据';
COMMENT ON COLUMN pipe_plan.made_at IS '存入时间';
COMMENT ON COLUMN pipe_plan.made_by IS '存入人账户';
