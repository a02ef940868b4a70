-- Jobs: the mark that ties what a job writes to the attempt that may write, and the note of the queue's version.

CREATE OR REPLACE FUNCTION job_mark_written(wanted uuid, counted integer) RETURNS boolean
LANGUAGE sql AS $$
    UPDATE job SET written_at = COALESCE(written_at, clock_timestamp())
    WHERE id = wanted AND attempt = counted AND status = 'running'
    RETURNING true
$$;
COMMENT ON FUNCTION job_mark_written(uuid, integer) IS '作业的写入与这个标记同时提交；作业已取消或已由别的执行接手时返回空，写入随之撤销';

CREATE OR REPLACE FUNCTION job_queue_note(version text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('COMMENT ON SCHEMA gisplanner_queue IS %L', version);
    RETURN version;
END
$$;
COMMENT ON FUNCTION job_queue_note(text) IS '在队列的模式上注明队列库的版本';
