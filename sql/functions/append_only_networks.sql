-- What a company handed in and the headquarters filed stays as recorded.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON filing_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- So do what somebody accepted, what became of a line, the steps of a task and what households said.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON clearance_exception
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON network_task_step
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON segment_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON gas_intent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- And the rows a district put in the clearance tables, and which case of demolition a finding became.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON clearance_row
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON cut_over_window
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
