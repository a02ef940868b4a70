-- What the tables of fire plans and the columns of gates mean, with unit and Chinese term. Re-applied after each migration.

COMMENT ON COLUMN entrance.hours IS '开放时段，如 06:00-22:00、全天、白天、不开放；空 = 未填';
COMMENT ON COLUMN entrance.key_holder IS '钥匙保管人：夜间谁能打开；空 = 未填';
COMMENT ON COLUMN entrance.height_m IS '门洞净高，米；空 = 未知，净高判为资料不足';

COMMENT ON COLUMN obstacle.movable IS '可移位：不拆除、移开即可（停放车辆、花箱、活动栏杆）；空 = 未填';
COMMENT ON COLUMN obstacle.hours IS '开放时段：道闸、大门何时打开，如 06:00-22:00、全天、白天、不开放；空 = 不开启';
COMMENT ON COLUMN obstacle.key_holder IS '钥匙保管人：谁能打开；空 = 未填';
COMMENT ON COLUMN obstacle.height_m IS '高度，米：限高杆、线缆、门洞等为其下净高，其他为自身高度；空 = 未知';

COMMENT ON COLUMN building.extinguishers IS '现有 4 千克灭火器，具；空 = 未知，缺口判为资料不足';

COMMENT ON TABLE fire_plan IS '消防车道方案：参数、输入与条文版本、答案和下界，存入后不改，多个方案并列比较；不用时写明理由撤回';
COMMENT ON COLUMN fire_plan.id IS '内部编号';
COMMENT ON COLUMN fire_plan.district_id IS '所属区县';
COMMENT ON COLUMN fire_plan.srid IS '坐标系编号，与区县一致';
COMMENT ON COLUMN fire_plan.name IS '方案名称，区县内唯一';
COMMENT ON COLUMN fire_plan.reason IS '留存理由';
COMMENT ON COLUMN fire_plan.engine_version IS '程序版本';
COMMENT ON COLUMN fire_plan.rules_sha256 IS '消防参数与条文文件的 SHA-256';
COMMENT ON COLUMN fire_plan.inputs_sha256 IS '小区、楼栋、障碍物、出入口与地下设施的 SHA-256';
COMMENT ON COLUMN fire_plan.parameters IS '参数（JSON）：政策依据、净宽、预算、户数目标、测量误差、搜索时间';
COMMENT ON COLUMN fire_plan.answer IS '方案结果（JSON），长度单位米，费用单位元';
COMMENT ON COLUMN fire_plan.cost_cny IS '拆移总费用，元';
COMMENT ON COLUMN fire_plan.cost_bound_cny IS '费用下界，元：不可能更省';
COMMENT ON COLUMN fire_plan.proven IS '是否已证明最优';
COMMENT ON COLUMN fire_plan.illustrative IS '是否示意数据';
COMMENT ON COLUMN fire_plan.made_at IS '存入时间';
COMMENT ON COLUMN fire_plan.made_by IS '存入人账户';
COMMENT ON COLUMN fire_plan.withdrawn_at IS '撤回时间；空 = 有效';
COMMENT ON COLUMN fire_plan.withdrawn_by IS '撤回人账户';
COMMENT ON COLUMN fire_plan.withdrawn_because IS '撤回理由';

COMMENT ON TABLE fire_plan_feature IS '消防车道方案的图形：车道、最窄处、拆移、回车场、消火栓、楼栋可达情况';
COMMENT ON COLUMN fire_plan_feature.plan_id IS '所属方案';
COMMENT ON COLUMN fire_plan_feature.seq IS '方案内序号';
COMMENT ON COLUMN fire_plan_feature.district_id IS '所属区县';
COMMENT ON COLUMN fire_plan_feature.srid IS '坐标系编号，与区县一致';
COMMENT ON COLUMN fire_plan_feature.estate_code IS '小区编码';
COMMENT ON COLUMN fire_plan_feature.role IS '类别：车道中线、车道范围、最窄处、拆移、回车场、消火栓、楼栋';
COMMENT ON COLUMN fire_plan_feature.label IS '编号';
COMMENT ON COLUMN fire_plan_feature.facts IS '属性（JSON）：净宽毫米、费用元、权属、打通楼栋、原因';
COMMENT ON COLUMN fire_plan_feature.geom IS '图形，单位米';
