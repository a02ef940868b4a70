-- What a company handed in and the headquarters filed stays as recorded.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON filing_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
