-- Who may make a district through the server: an administrator who is not limited to some.

DO $access$
BEGIN
    DROP POLICY IF EXISTS request_insert ON district;
    CREATE POLICY request_insert ON district FOR INSERT TO gisplanner_request WITH CHECK (
        (SELECT request_role()) = 'admin' AND (SELECT request_scope('district')) IS NULL
    );
    GRANT INSERT ON district TO gisplanner_request;
END
$access$;
