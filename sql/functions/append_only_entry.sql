-- Evidence and filing days stay as recorded; a correction is a new row.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON stage_evidence
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON filing_due
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
