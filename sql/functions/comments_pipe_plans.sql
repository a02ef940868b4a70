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

COMMENT ON TABLE pipe_plan_line IS '管线综合方案的规划管段：随方案存入，存入后不改，供多个方案同图比较';
COMMENT ON COLUMN pipe_plan_line.plan_id IS '所属方案';
COMMENT ON COLUMN pipe_plan_line.line_no IS '方案内序号';
COMMENT ON COLUMN pipe_plan_line.district_id IS '所属区县';
COMMENT ON COLUMN pipe_plan_line.srid IS '坐标系编号，与区县一致';
COMMENT ON COLUMN pipe_plan_line.network IS '管网：管线种类，多家单位时加单位名称';
COMMENT ON COLUMN pipe_plan_line.utility IS '管线种类代号';
COMMENT ON COLUMN pipe_plan_line.part IS '类别：main 干支管，service 入户管';
COMMENT ON COLUMN pipe_plan_line.street IS '道路名称';
COMMENT ON COLUMN pipe_plan_line.building IS '接入楼栋';
COMMENT ON COLUMN pipe_plan_line.laying IS '埋设方式';
COMMENT ON COLUMN pipe_plan_line.section_text IS '管径或断面（设计假定）';
COMMENT ON COLUMN pipe_plan_line.cover_m IS '覆土，单位米；架空为空';
COMMENT ON COLUMN pipe_plan_line.length_m IS '长度，单位米';
COMMENT ON COLUMN pipe_plan_line.geom IS '规划管段，单位米';
