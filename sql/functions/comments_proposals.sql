-- What the tables of proposals mean, with unit, Chinese term and source. Re-applied after each migration.

COMMENT ON TABLE proposal IS '片区方案：一次划定的参数、输入版本和答案，存入后不改；人工调整见 proposal_change';
COMMENT ON COLUMN proposal.id IS '内部编号';
COMMENT ON COLUMN proposal.district_id IS '所属区县';
COMMENT ON COLUMN proposal.name IS '方案名称，区县内唯一';
COMMENT ON COLUMN proposal.kind IS '来源：bundled 由程序划定、official 台账备注列的项目';
COMMENT ON COLUMN proposal.engine_version IS '程序版本';
COMMENT ON COLUMN proposal.inputs_sha256 IS '划定时小区数据（编码、数值、轮廓）的 SHA-256';
COMMENT ON COLUMN proposal.parameters IS '划定参数（JSON），距离单位米';
COMMENT ON COLUMN proposal.answer IS '划定结果（JSON）：连片关系、被阻隔的关系、未入片区、上下界';
COMMENT ON COLUMN proposal.made_at IS '划定时间';
COMMENT ON COLUMN proposal.made_by IS '划定人账户';

COMMENT ON TABLE proposal_change IS '片区方案的每次人工调整，含理由，只追加；撤销也是一条记录';
COMMENT ON COLUMN proposal_change.id IS '内部编号';
COMMENT ON COLUMN proposal_change.proposal_id IS '片区方案';
COMMENT ON COLUMN proposal_change.kind IS '调整：made 生成、move 移动、merge 合并、split 拆分、lock 锁定、unlock 解锁、reoptimise 其余重新划定、undo 撤销、adopt 采用';
COMMENT ON COLUMN proposal_change.what IS '做了什么';
COMMENT ON COLUMN proposal_change.reason IS '调整理由';
COMMENT ON COLUMN proposal_change.bundles IS '调整之后的片区（JSON：片区编号 → 小区编码）';
COMMENT ON COLUMN proposal_change.locked IS '调整之后锁定的片区编号';
COMMENT ON COLUMN proposal_change.exceptions IS '作为例外接受的事项；没有则为空';
COMMENT ON COLUMN proposal_change.signed_by IS '例外的签字人';
COMMENT ON COLUMN proposal_change.changed_at IS '时间';
COMMENT ON COLUMN proposal_change.changed_by IS '操作人账户';

COMMENT ON COLUMN renewal_area.remark IS '台账备注列对这一片区的写法，如 金赣小区老旧小区改造工程';
COMMENT ON COLUMN renewal_area.estate_codes IS '采纳时片区内小区的编码，随历史版本保留';
COMMENT ON COLUMN renewal_area.lead_telecom IS '片区内牵头组织实施的网络通信企业，一个片区一家；空 = 未定';
