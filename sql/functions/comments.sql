-- What every table and column means, with unit, Chinese term and source. Re-applied after each migration.
COMMENT ON SCHEMA gisplanner IS 'gisplanner: 城镇老旧小区改造空间规划';

COMMENT ON TABLE district IS '区县：规划与数据的最大单位，空间查询不跨区县';
COMMENT ON COLUMN district.id IS '区县代号，小写字母开头，用于命令行与网址';
COMMENT ON COLUMN district.name IS '区县名称';
COMMENT ON COLUMN district.profile IS '政策依据代号，对应 gisplanner/rules/profiles 中的文件；空 = 未指定';
COMMENT ON COLUMN district.srid IS '本区县唯一的米制坐标系 EPSG 代号（CGCS2000 3°带，如南康 4547）';
COMMENT ON COLUMN district.west_deg IS '区界西经度，度（WGS 84）；界外数据拒收';
COMMENT ON COLUMN district.south_deg IS '区界南纬度，度（WGS 84）';
COMMENT ON COLUMN district.east_deg IS '区界东经度，度（WGS 84）';
COMMENT ON COLUMN district.north_deg IS '区界北纬度，度（WGS 84）';
COMMENT ON COLUMN district.created_at IS '建立时间';

COMMENT ON TABLE subdistrict IS '街道（乡镇），来源：台账「所在街道」';
COMMENT ON COLUMN subdistrict.id IS '内部编号';
COMMENT ON COLUMN subdistrict.district_id IS '所属区县';
COMMENT ON COLUMN subdistrict.name IS '街道名称';

COMMENT ON TABLE community IS '社区，来源：台账「所在社区」';
COMMENT ON COLUMN community.id IS '内部编号';
COMMENT ON COLUMN community.district_id IS '所属区县';
COMMENT ON COLUMN community.subdistrict_id IS '所属街道';
COMMENT ON COLUMN community.name IS '社区名称';

COMMENT ON TABLE import_batch IS '导入批次：每次导入一个文件的凭据，说明数据从哪里来';
COMMENT ON COLUMN import_batch.id IS '内部编号';
COMMENT ON COLUMN import_batch.district_id IS '所属区县';
COMMENT ON COLUMN import_batch.kind IS '导入的内容：register、estates、buildings、roads …';
COMMENT ON COLUMN import_batch.file_name IS '文件名';
COMMENT ON COLUMN import_batch.file_sha256 IS '文件内容的 SHA-256，同一文件重复导入可由此认出';
COMMENT ON COLUMN import_batch.file_layer IS '文件中的图层；单层文件为空';
COMMENT ON COLUMN import_batch.declared_crs IS '使用者申明的坐标系；文件自带时为空';
COMMENT ON COLUMN import_batch.credit IS '数据来源与授权说明（如 © OpenStreetMap contributors, ODbL）';
COMMENT ON COLUMN import_batch.rows_read IS '读到的行数';
COMMENT ON COLUMN import_batch.rows_stored IS '入库的行数';
COMMENT ON COLUMN import_batch.report IS '导入报告：修复清单、提示、未匹配的名称（JSON）';
COMMENT ON COLUMN import_batch.imported_at IS '导入时间';
COMMENT ON COLUMN import_batch.imported_by IS '导入人账户';

COMMENT ON TABLE estate IS '老旧小区：改造的基本单位；含散居楼。来源：计划台账附件2 与现状轮廓';
COMMENT ON COLUMN estate.id IS '内部编号';
COMMENT ON COLUMN estate.district_id IS '所属区县';
COMMENT ON COLUMN estate.srid IS '几何的坐标系 EPSG 代号，与区县一致';
COMMENT ON COLUMN estate.code IS '小区编码，区县内唯一';
COMMENT ON COLUMN estate.seq IS '台账序号';
COMMENT ON COLUMN estate.name IS '小区名称，照台账原文；无名为空';
COMMENT ON COLUMN estate.subdistrict_id IS '所在街道';
COMMENT ON COLUMN estate.community_id IS '所在社区';
COMMENT ON COLUMN estate.kind IS '类别：小区 / 散居楼';
COMMENT ON COLUMN estate.households IS '户数，户；空 = 未填';
COMMENT ON COLUMN estate.buildings IS '栋数，栋；空 = 未填';
COMMENT ON COLUMN estate.floor_area_10k_m2 IS '总建筑面积，万平方米，十进制精确值（计划合计须逐位相符）';
COMMENT ON COLUMN estate.cost_10k_cny IS '估算投资，万元；空 = 未填，有预算要求时为资料不足';
COMMENT ON COLUMN estate.year_built IS '建成时间，年份或年份区间，照原文；空 = 未填，符合性判为资料不足';
COMMENT ON COLUMN estate.ownership IS '产权性质，照原文；空 = 未填';
COMMENT ON COLUMN estate.needs IS '改造需求清单';
COMMENT ON COLUMN estate.library_state IS '项目库状态：实施 / 谋划 / 储备';
COMMENT ON COLUMN estate.linked_unit IS '挂点单位';
COMMENT ON COLUMN estate.illustrative IS '示意数据：由 gisplanner sketch 或演示生成，不是实测；图上和导出须注明';
COMMENT ON COLUMN estate.geom IS '小区轮廓，面，区县米制坐标系；空 = 未上图';
COMMENT ON COLUMN estate.lonlat IS '小区轮廓的经纬度图形，GeoJSON 文字，7 位小数；由 geom 自动生成，供在线服务直接取用';
COMMENT ON COLUMN estate.batch_id IS '来源：导入批次';
COMMENT ON COLUMN estate.geom_batch_id IS '轮廓的导入批次';

COMMENT ON TABLE building IS '楼栋：房屋基底';
COMMENT ON COLUMN building.id IS '内部编号';
COMMENT ON COLUMN building.district_id IS '所属区县';
COMMENT ON COLUMN building.srid IS '几何的坐标系 EPSG 代号，与区县一致';
COMMENT ON COLUMN building.code IS '楼栋编码，区县内唯一';
COMMENT ON COLUMN building.estate_id IS '所属小区，由叠置得出；空 = 不在任何小区内';
COMMENT ON COLUMN building.name IS '楼栋名称或楼号';
COMMENT ON COLUMN building.use IS '用途，照来源原文（如 OSM building=*）';
COMMENT ON COLUMN building.floors IS '层数，层；空 = 未知';
COMMENT ON COLUMN building.households IS '户数，户；空 = 未知';
COMMENT ON COLUMN building.height_m IS '建筑高度，米；空 = 未知';
COMMENT ON COLUMN building.illustrative IS '示意数据：由 gisplanner sketch 或演示生成，不是实测；图上和导出须注明';
COMMENT ON COLUMN building.geom IS '楼栋基底，面，区县米制坐标系';
COMMENT ON COLUMN building.lonlat IS '楼栋基底的经纬度图形，GeoJSON 文字，7 位小数；由 geom 自动生成，供在线服务直接取用';
COMMENT ON COLUMN building.batch_id IS '来源：导入批次';

COMMENT ON TABLE project IS '改造项目（连片项目），来源：计划台账「备注」列';
COMMENT ON COLUMN project.id IS '内部编号';
COMMENT ON COLUMN project.district_id IS '所属区县';
COMMENT ON COLUMN project.code IS '项目编码，区县内唯一，如 P01';
COMMENT ON COLUMN project.name IS '项目名称，照台账原文';
COMMENT ON COLUMN project.plan_year IS '计划年度';

COMMENT ON TABLE project_estate IS '项目包含的小区';
COMMENT ON COLUMN project_estate.project_id IS '项目';
COMMENT ON COLUMN project_estate.estate_id IS '小区';
COMMENT ON COLUMN project_estate.source IS '依据：stated = 备注列写明，carried_down = 合并单元格向下沿用';

COMMENT ON TABLE stage_event IS '改造进度记录，只追加；更正另写一条';
COMMENT ON COLUMN stage_event.id IS '内部编号';
COMMENT ON COLUMN stage_event.project_id IS '项目';
COMMENT ON COLUMN stage_event.stage_no IS '阶段序号，从 1 起，次序由政策依据规定';
COMMENT ON COLUMN stage_event.stage_name IS '阶段名称（记录当时的叫法）';
COMMENT ON COLUMN stage_event.happened_on IS '发生日期';
COMMENT ON COLUMN stage_event.evidence IS '佐证材料或文号';
COMMENT ON COLUMN stage_event.illustrative IS '示意数据：由 gisplanner sketch 或演示生成，不是实测；图上和导出须注明';
COMMENT ON COLUMN stage_event.recorded_at IS '记录时间';
COMMENT ON COLUMN stage_event.recorded_by IS '记录人账户';

COMMENT ON TABLE demonstration_area IS '示范片区：文件点名的示范，与项目分开，可多对多';
COMMENT ON COLUMN demonstration_area.id IS '内部编号';
COMMENT ON COLUMN demonstration_area.district_id IS '所属区县';
COMMENT ON COLUMN demonstration_area.name IS '示范片区名称';
COMMENT ON COLUMN demonstration_area.quote IS '文件原文';
COMMENT ON COLUMN demonstration_area.note IS '说明';

COMMENT ON TABLE demonstration_area_estate IS '示范片区包含的小区';
COMMENT ON COLUMN demonstration_area_estate.demonstration_area_id IS '示范片区';
COMMENT ON COLUMN demonstration_area_estate.estate_id IS '小区';

COMMENT ON TABLE renewal_area IS '改造片区：连片方案采纳后的成果';
COMMENT ON COLUMN renewal_area.id IS '内部编号';
COMMENT ON COLUMN renewal_area.district_id IS '所属区县';
COMMENT ON COLUMN renewal_area.srid IS '几何的坐标系 EPSG 代号，与区县一致';
COMMENT ON COLUMN renewal_area.code IS '片区编码，区县内唯一';
COMMENT ON COLUMN renewal_area.name IS '片区名称';
COMMENT ON COLUMN renewal_area.adopted_on IS '采纳日期；空 = 尚未采纳';
COMMENT ON COLUMN renewal_area.provenance IS '由来：所用数据、参数、版本（JSON）';
COMMENT ON COLUMN renewal_area.geom IS '片区范围，面，区县米制坐标系；空 = 只有名单';

COMMENT ON TABLE renewal_area_estate IS '改造片区包含的小区';
COMMENT ON COLUMN renewal_area_estate.renewal_area_id IS '改造片区';
COMMENT ON COLUMN renewal_area_estate.estate_id IS '小区';

COMMENT ON TABLE road IS '道路：中心线或路面';
COMMENT ON COLUMN road.id IS '内部编号';
COMMENT ON COLUMN road.district_id IS '所属区县';
COMMENT ON COLUMN road.srid IS '几何的坐标系 EPSG 代号，与区县一致';
COMMENT ON COLUMN road.code IS '道路编码，区县内唯一';
COMMENT ON COLUMN road.name IS '道路名称';
COMMENT ON COLUMN road.highway IS '道路等级，OSM highway 取值';
COMMENT ON COLUMN road.width_m IS '路宽，米；空 = 未知，不得当作足够';
COMMENT ON COLUMN road.tunnel IS '隧道';
COMMENT ON COLUMN road.bridge IS '桥梁';
COMMENT ON COLUMN road.illustrative IS '示意数据：由 gisplanner sketch 或演示生成，不是实测；图上和导出须注明';
COMMENT ON COLUMN road.geom IS '道路中心线或路面，线或面，区县米制坐标系';
COMMENT ON COLUMN road.batch_id IS '来源：导入批次';

COMMENT ON TABLE barrier IS '阻隔：切断连片的铁路、河流、城市主干路、围墙等';
COMMENT ON COLUMN barrier.id IS '内部编号';
COMMENT ON COLUMN barrier.district_id IS '所属区县';
COMMENT ON COLUMN barrier.srid IS '几何的坐标系 EPSG 代号，与区县一致';
COMMENT ON COLUMN barrier.code IS '阻隔编码，区县内唯一';
COMMENT ON COLUMN barrier.name IS '名称';
COMMENT ON COLUMN barrier.kind IS '类别：railway、river、main_road、wall …';
COMMENT ON COLUMN barrier.tunnel IS '在地下通过，不切断地面联系';
COMMENT ON COLUMN barrier.illustrative IS '示意数据：由 gisplanner sketch 或演示生成，不是实测；图上和导出须注明';
COMMENT ON COLUMN barrier.geom IS '阻隔的线或面，区县米制坐标系';
COMMENT ON COLUMN barrier.batch_id IS '来源：导入批次';

COMMENT ON TABLE entrance IS '小区出入口';
COMMENT ON COLUMN entrance.id IS '内部编号';
COMMENT ON COLUMN entrance.district_id IS '所属区县';
COMMENT ON COLUMN entrance.srid IS '几何的坐标系 EPSG 代号，与区县一致';
COMMENT ON COLUMN entrance.code IS '出入口编码，区县内唯一';
COMMENT ON COLUMN entrance.estate_id IS '所属小区';
COMMENT ON COLUMN entrance.name IS '名称';
COMMENT ON COLUMN entrance.width_m IS '净宽，米；空 = 未知';
COMMENT ON COLUMN entrance.illustrative IS '示意数据：由 gisplanner sketch 或演示生成，不是实测；图上和导出须注明';
COMMENT ON COLUMN entrance.geom IS '出入口位置，点，区县米制坐标系';
COMMENT ON COLUMN entrance.batch_id IS '来源：导入批次';

COMMENT ON TABLE obstacle IS '障碍物：占用通道或场地的棚屋、围墙、杆件、违建等';
COMMENT ON COLUMN obstacle.id IS '内部编号';
COMMENT ON COLUMN obstacle.district_id IS '所属区县';
COMMENT ON COLUMN obstacle.srid IS '几何的坐标系 EPSG 代号，与区县一致';
COMMENT ON COLUMN obstacle.code IS '障碍物编码，区县内唯一';
COMMENT ON COLUMN obstacle.estate_id IS '所在小区';
COMMENT ON COLUMN obstacle.kind IS '类别：shed、wall、pole、tree …';
COMMENT ON COLUMN obstacle.removable IS '能否拆移；空 = 未知';
COMMENT ON COLUMN obstacle.cost_cny IS '拆移费用，元，十进制精确值；空 = 未知';
COMMENT ON COLUMN obstacle.owner IS '权属单位或个人';
COMMENT ON COLUMN obstacle.illustrative IS '示意数据：由 gisplanner sketch 或演示生成，不是实测；图上和导出须注明';
COMMENT ON COLUMN obstacle.geom IS '障碍物的点、线或面，区县米制坐标系';
COMMENT ON COLUMN obstacle.batch_id IS '来源：导入批次';

COMMENT ON TABLE exclusion_area IS '排除范围：棚改、征迁、城中村、居民自建房等区域，资格审查时与小区叠加';
COMMENT ON COLUMN exclusion_area.id IS '内部编号';
COMMENT ON COLUMN exclusion_area.district_id IS '所属区县';
COMMENT ON COLUMN exclusion_area.srid IS '几何的坐标系 EPSG 代号，与区县一致';
COMMENT ON COLUMN exclusion_area.code IS '范围编码，区县内唯一';
COMMENT ON COLUMN exclusion_area.name IS '名称';
COMMENT ON COLUMN exclusion_area.kind IS '类别：棚改、征迁、自建房、城中村；未注明的不参与判断，只提示';
COMMENT ON COLUMN exclusion_area.illustrative IS '示意数据：由 gisplanner sketch 或演示生成，不是实测；图上和导出须注明';
COMMENT ON COLUMN exclusion_area.geom IS '范围面，区县米制坐标系';
COMMENT ON COLUMN exclusion_area.batch_id IS '来源：导入批次';

COMMENT ON TABLE connection_point IS '市政接入点：小区管线与市政管网的接口';
COMMENT ON COLUMN connection_point.id IS '内部编号';
COMMENT ON COLUMN connection_point.district_id IS '所属区县';
COMMENT ON COLUMN connection_point.srid IS '几何的坐标系 EPSG 代号，与区县一致';
COMMENT ON COLUMN connection_point.code IS '接入点编码，区县内唯一';
COMMENT ON COLUMN connection_point.utility IS '管线种类代号，对应 layers/utilities 中的文件';
COMMENT ON COLUMN connection_point.name IS '名称';
COMMENT ON COLUMN connection_point.illustrative IS '示意数据：由 gisplanner sketch 或演示生成，不是实测；图上和导出须注明';
COMMENT ON COLUMN connection_point.geom IS '接入点位置，点，区县米制坐标系';
COMMENT ON COLUMN connection_point.batch_id IS '来源：导入批次';

COMMENT ON TABLE plan_baseline IS '计划基线：已下达的年度计划按文号冻结，只追加';
COMMENT ON COLUMN plan_baseline.id IS '内部编号';
COMMENT ON COLUMN plan_baseline.district_id IS '所属区县';
COMMENT ON COLUMN plan_baseline.version IS '版本：1 = 原计划，其后每次调整加 1';
COMMENT ON COLUMN plan_baseline.document_number IS '文号';
COMMENT ON COLUMN plan_baseline.document_title IS '文件标题';
COMMENT ON COLUMN plan_baseline.document_date IS '成文日期';
COMMENT ON COLUMN plan_baseline.stated IS '文件写明的合计（JSON：小区数、户数、栋数、面积 …），与逐行之和核对';
COMMENT ON COLUMN plan_baseline.batch_id IS '台账的导入批次';
COMMENT ON COLUMN plan_baseline.frozen_at IS '冻结时间';
COMMENT ON COLUMN plan_baseline.frozen_by IS '冻结人账户';

COMMENT ON TABLE plan_baseline_row IS '计划基线的一行：下达时的小区及其数字，照文件原样，只追加';
COMMENT ON COLUMN plan_baseline_row.baseline_id IS '计划基线';
COMMENT ON COLUMN plan_baseline_row.estate_code IS '小区编码';
COMMENT ON COLUMN plan_baseline_row.seq IS '台账序号';
COMMENT ON COLUMN plan_baseline_row.subdistrict IS '所在街道（下达时）';
COMMENT ON COLUMN plan_baseline_row.community IS '所在社区（下达时）';
COMMENT ON COLUMN plan_baseline_row.name IS '小区名称（下达时）';
COMMENT ON COLUMN plan_baseline_row.households IS '户数，户';
COMMENT ON COLUMN plan_baseline_row.buildings IS '栋数，栋';
COMMENT ON COLUMN plan_baseline_row.floor_area_10k_m2 IS '总建筑面积，万平方米，十进制精确值';
COMMENT ON COLUMN plan_baseline_row.project_code IS '所属项目编码';
COMMENT ON COLUMN plan_baseline_row.project_name IS '所属项目名称（备注列）';
COMMENT ON COLUMN plan_baseline_row.project_source IS '项目名的依据：stated = 写明，carried_down = 合并单元格向下沿用';

COMMENT ON TABLE plan_adjustment IS '计划调整：两个基线之间的一处变动及其文件，只追加';
COMMENT ON COLUMN plan_adjustment.id IS '内部编号';
COMMENT ON COLUMN plan_adjustment.from_baseline_id IS '调整前的基线';
COMMENT ON COLUMN plan_adjustment.to_baseline_id IS '调整后的基线';
COMMENT ON COLUMN plan_adjustment.kind IS '变动：add 增加、drop 取消、split 拆分、rename 更名、figures 数字、project 改归项目';
COMMENT ON COLUMN plan_adjustment.estate_code IS '小区编码';
COMMENT ON COLUMN plan_adjustment.split_from_code IS '拆分自哪个小区的编码；仅 split 有值';
COMMENT ON COLUMN plan_adjustment.before IS '变动前（JSON）；增加时为空';
COMMENT ON COLUMN plan_adjustment.after IS '变动后（JSON）；取消时为空';
COMMENT ON COLUMN plan_adjustment.document IS '依据的文号';

COMMENT ON TABLE history IS '历史版本：小区、楼栋、片区每次修改或删除之前的样子，只追加';
COMMENT ON COLUMN history.id IS '内部编号';
COMMENT ON COLUMN history.district_id IS '所属区县';
COMMENT ON COLUMN history.table_name IS '表名';
COMMENT ON COLUMN history.row_id IS '该表的内部编号';
COMMENT ON COLUMN history.operation IS '操作：INSERT 逐个新增、UPDATE 修改、DELETE 删除';
COMMENT ON COLUMN history.before IS '之前的各列（JSON，不含几何）；新增的为空';
COMMENT ON COLUMN history.before_geom IS '之前的几何，区县米制坐标系';
COMMENT ON COLUMN history.changed_at IS '改动时间';
COMMENT ON COLUMN history.changed_by IS '改动人账户';

COMMENT ON TABLE installed_sql IS '本库所装的 SQL 文件；与程序一致时打开数据库无需任何更新';
COMMENT ON COLUMN installed_sql.file IS '文件，相对 sql/ 目录';
COMMENT ON COLUMN installed_sql.sha256 IS '文件内容的 SHA-256';
COMMENT ON COLUMN installed_sql.installed_at IS '安装时间';

COMMENT ON TABLE account IS '服务器账户';
COMMENT ON COLUMN account.id IS '内部编号';
COMMENT ON COLUMN account.name IS '账户名';
COMMENT ON COLUMN account.role IS '角色：admin 管理员、planner 指挥部/住建、subdistrict 街道社区、lead 管网信息公司、operator 管线单位、reviewer 审查部门、public 公众';
COMMENT ON COLUMN account.scope IS '范围（JSON）：district、subdistrict、owner 各为名单；没有某一项 = 该项不限';
COMMENT ON COLUMN account.created_at IS '建立时间';
COMMENT ON COLUMN account.created_by IS '建立人账户';

COMMENT ON TABLE access_token IS '访问令牌，只存散列，令牌本身只在签发时显示一次';
COMMENT ON COLUMN access_token.id IS '内部编号';
COMMENT ON COLUMN access_token.account_id IS '账户';
COMMENT ON COLUMN access_token.sha256 IS '令牌的 SHA-256';
COMMENT ON COLUMN access_token.created_at IS '签发时间';
COMMENT ON COLUMN access_token.expires_at IS '失效时间';
COMMENT ON COLUMN access_token.revoked_at IS '吊销时间；空 = 未吊销';

COMMENT ON TABLE account_event IS '账户变动记录，只追加';
COMMENT ON COLUMN account_event.id IS '内部编号';
COMMENT ON COLUMN account_event.account IS '账户名';
COMMENT ON COLUMN account_event.event IS '事项：added 建立、changed 改角色或范围、token_issued 签发令牌、token_revoked 吊销令牌';
COMMENT ON COLUMN account_event.detail IS '细节（JSON），不含令牌';
COMMENT ON COLUMN account_event.happened_at IS '时间';
COMMENT ON COLUMN account_event.recorded_by IS '操作人账户';

COMMENT ON TABLE local_grid IS '独立坐标系：由至少三个公共控制点求得的四参数（平面相似变换）';
COMMENT ON COLUMN local_grid.district_id IS '区县';
COMMENT ON COLUMN local_grid.name IS '名称，导入时写作 --crs local:名称';
COMMENT ON COLUMN local_grid.along IS '参数 a = 尺度 × cos(旋转角)';
COMMENT ON COLUMN local_grid.across IS '参数 b = 尺度 × sin(旋转角)';
COMMENT ON COLUMN local_grid.east_m IS '东向平移（米）';
COMMENT ON COLUMN local_grid.north_m IS '北向平移（米）';
COMMENT ON COLUMN local_grid.limit_m IS '点位残差限值（米），超限不入库';
COMMENT ON COLUMN local_grid.max_residual_m IS '最大点位残差（米）';
COMMENT ON COLUMN local_grid.points IS '控制点：点名、两套坐标与残差（米）';
COMMENT ON COLUMN local_grid.stored_at IS '入库时间';
COMMENT ON COLUMN local_grid.stored_by IS '入库人';

COMMENT ON COLUMN import_batch.undone_at IS '撤销时间；空 = 有效';
COMMENT ON COLUMN import_batch.undone_by IS '撤销人';
COMMENT ON TABLE import_undo IS '导入批次改动或移除的要素的原样，供整批撤销';
COMMENT ON COLUMN import_undo.batch_id IS '导入批次';
COMMENT ON COLUMN import_undo.table_name IS '表名';
COMMENT ON COLUMN import_undo.code IS '要素编码';
COMMENT ON COLUMN import_undo.before IS '改动前的属性';
COMMENT ON COLUMN import_undo.before_geom IS '改动前的图形，区县米制坐标系';
