-- What the tables of gates mean, with unit, Chinese term and source. Re-applied after each migration.

COMMENT ON TABLE project_fact IS '阶段的前置事项：公示日期、前置条件、签字、验收问题，只追加；更正另写一条，以最后一条为准';
COMMENT ON COLUMN project_fact.id IS '内部编号';
COMMENT ON COLUMN project_fact.project_id IS '项目';
COMMENT ON COLUMN project_fact.kind IS '种类：date 日期（公示开始、开工、完工…），gate 前置事项，signature 验收签字单位，defect 验收问题';
COMMENT ON COLUMN project_fact.name IS '名称：事项、单位或问题，用文件原词';
COMMENT ON COLUMN project_fact.done IS '已完成；验收问题为已销号';
COMMENT ON COLUMN project_fact.happened_on IS '发生日期';
COMMENT ON COLUMN project_fact.evidence IS '佐证材料或文号';
COMMENT ON COLUMN project_fact.illustrative IS '示例进度：由演示写入，不是真实进度';
COMMENT ON COLUMN project_fact.recorded_at IS '记录时间';
COMMENT ON COLUMN project_fact.recorded_by IS '记录人账户';
COMMENT ON COLUMN district.notice_counts_start_day IS '公示工作日是否计入开始当日；缺省不计（民法典第二百零一条）';
