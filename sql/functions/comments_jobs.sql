-- What the tables of sessions, uploads and jobs mean. Re-applied after each migration.

COMMENT ON COLUMN account.password IS '网页登录口令的 Argon2id 摘要；空 = 不能用口令登录';

COMMENT ON TABLE web_session IS '网页会话：登录后浏览器持有的令牌，只存摘要';
COMMENT ON COLUMN web_session.id IS '内部编号';
COMMENT ON COLUMN web_session.account_id IS '账户';
COMMENT ON COLUMN web_session.sha256 IS '会话令牌的 SHA-256';
COMMENT ON COLUMN web_session.created_at IS '登录时间';
COMMENT ON COLUMN web_session.expires_at IS '失效时间';
COMMENT ON COLUMN web_session.ended_at IS '退出或吊销时间；空 = 未退出';

COMMENT ON TABLE log_in_attempt IS '失败的口令登录，用于限速；一天后删除';
COMMENT ON COLUMN log_in_attempt.id IS '内部编号';
COMMENT ON COLUMN log_in_attempt.account IS '所填账户名';
COMMENT ON COLUMN log_in_attempt.address IS '来源地址';
COMMENT ON COLUMN log_in_attempt.attempted_at IS '时间';

COMMENT ON TABLE uploaded_file IS '网上交来的文件：登记在此，内容在数据目录的 uploads 下，按编号存放';
COMMENT ON COLUMN uploaded_file.id IS '编号，也是存放的文件名';
COMMENT ON COLUMN uploaded_file.account IS '交文件的账户';
COMMENT ON COLUMN uploaded_file.file_name IS '交来时的文件名，只用于显示和判断格式';
COMMENT ON COLUMN uploaded_file.size_bytes IS '大小，字节';
COMMENT ON COLUMN uploaded_file.sha256 IS '内容的 SHA-256';
COMMENT ON COLUMN uploaded_file.received_at IS '收到时间';

COMMENT ON TABLE job IS '作业：在请求之外由工作进程执行，结果长期保存（OGC API Processes 的 job）';
COMMENT ON COLUMN job.id IS '作业编号';
COMMENT ON COLUMN job.process IS '过程代号';
COMMENT ON COLUMN job.account IS '提交的账户';
COMMENT ON COLUMN job.role IS '提交时的角色，作业以它的权限读写';
COMMENT ON COLUMN job.scope IS '提交时账户的范围';
COMMENT ON COLUMN job.inputs IS '输入（JSON）';
COMMENT ON COLUMN job.response IS '结果的形式：raw 原样，document 装在文档里';
COMMENT ON COLUMN job.status IS '状态：accepted 等待，running 运行，successful 成功，failed 失败，dismissed 已取消';
COMMENT ON COLUMN job.attempt IS '第几次执行；工作进程中断后重新执行时加一，过期的执行不能再写入';
COMMENT ON COLUMN job.worker IS '执行它的工作进程';
COMMENT ON COLUMN job.progress IS '进度，百分数';
COMMENT ON COLUMN job.message IS '当前一步';
COMMENT ON COLUMN job.written_at IS '数据写入并提交的时间；有值则不再执行第二次';
COMMENT ON COLUMN job.result IS '结果（JSON）';
COMMENT ON COLUMN job.error IS '失败原因（JSON，与命令行的错误文档相同）';
COMMENT ON COLUMN job.created_at IS '提交时间';
COMMENT ON COLUMN job.started_at IS '最近一次开始执行的时间';
COMMENT ON COLUMN job.alive_at IS '执行它的工作进程最近一次报到的时间';
COMMENT ON COLUMN job.finished_at IS '结束时间';
