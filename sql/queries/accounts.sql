-- name: request_begin(role, district, subdistrict, owner, actor, fields)!
-- Until the transaction ends it runs under the role of a request, with what the policies ask for; a scope is the text
-- of an array, or empty where the account is not limited.
SELECT num_nonnulls(
    set_config('role', 'gisplanner_request', true),
    set_config('gisplanner.role', :role, true),
    set_config('gisplanner.scope_district', :district, true),
    set_config('gisplanner.scope_subdistrict', :subdistrict, true),
    set_config('gisplanner.scope_owner', :owner, true),
    set_config('gisplanner.actor', :actor, true),
    set_config('gisplanner.fields', :fields, true),
    set_config('search_path', request_search_path(:role, :fields), true)
) AS settings;

-- name: request_sign_in(token, session)^
-- The same for whoever holds a token or a session, in the same message as what is asked: one row, empty for nobody,
-- who is left with the rights of the public.
SELECT
    account.name,
    account.role,
    account.scope::text,
    num_nonnulls(
        set_config('role', 'gisplanner_request', true),
        set_config('gisplanner.role', COALESCE(account.role, 'public'), true),
        set_config('gisplanner.scope_district', scope_array(account.scope, 'district'), true),
        set_config('gisplanner.scope_subdistrict', scope_array(account.scope, 'subdistrict'), true),
        set_config('gisplanner.scope_owner', scope_array(account.scope, 'owner'), true),
        set_config('gisplanner.actor', COALESCE(account.name, 'public'), true),
        set_config('search_path', request_search_path(COALESCE(account.role, 'public'), ''), true)
    ) AS settings
FROM (VALUES (1)) AS request (number)
LEFT JOIN LATERAL (
    SELECT of_token.name, of_token.role, of_token.scope
    FROM access_token
    JOIN account AS of_token ON of_token.id = access_token.account_id
    WHERE access_token.sha256 = :token AND access_token.revoked_at IS NULL AND access_token.expires_at > now()
    UNION ALL
    SELECT of_session.name, of_session.role, of_session.scope
    FROM web_session
    JOIN account AS of_session ON of_session.id = web_session.account_id
    WHERE web_session.sha256 = :session AND web_session.ended_at IS NULL AND web_session.expires_at > now()
    LIMIT 1
) AS account ON true;

-- name: request_role_usable()$
-- Whether the role that requests run under exists and this account may act as it.
SELECT COALESCE(
    (SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = 'gisplanner_request'), false
);

-- name: request_role_create()!
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'gisplanner_request') THEN
        CREATE ROLE gisplanner_request NOLOGIN;
    END IF;
    IF NOT pg_has_role(current_user, 'gisplanner_request', 'MEMBER') THEN
        EXECUTE 'GRANT gisplanner_request TO ' || quote_ident(current_user);
    END IF;
END
$$;

-- name: account_get(name)^
SELECT id, name, role, scope FROM account WHERE name = :name;

-- name: account_list()
SELECT
    account.name,
    account.role,
    account.scope,
    account.created_at,
    (
        SELECT max(access_token.expires_at)
        FROM access_token
        WHERE access_token.account_id = account.id AND access_token.revoked_at IS NULL
          AND access_token.expires_at > now()
    ) AS token_until
FROM account
ORDER BY account.name;

-- name: account_insert(name, role, scope)$
INSERT INTO account (name, role, scope) VALUES (:name, :role, CAST(:scope AS jsonb)) RETURNING id;

-- name: token_insert(account_id, sha256, days)$
INSERT INTO access_token (account_id, sha256, expires_at)
VALUES (:account_id, :sha256, now() + make_interval(days => :days))
RETURNING expires_at;

-- name: tokens_revoke(account_id)!
UPDATE access_token SET revoked_at = now() WHERE account_id = :account_id AND revoked_at IS NULL;

-- name: account_event_insert(account, event, detail)!
INSERT INTO account_event (account, event, detail) VALUES (:account, :event, CAST(:detail AS jsonb));
