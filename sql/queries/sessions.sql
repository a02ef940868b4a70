-- name: account_with_password(name)^
SELECT id, name, role, scope, password FROM account WHERE name = :name;

-- name: password_set(account_id, password)!
UPDATE account SET password = :password WHERE id = :account_id;

-- name: session_insert(account_id, sha256, hours)$
INSERT INTO web_session (account_id, sha256, expires_at)
VALUES (:account_id, :sha256, now() + make_interval(hours => :hours))
RETURNING expires_at;

-- name: session_end(sha256)$
UPDATE web_session SET ended_at = now()
FROM account
WHERE account.id = web_session.account_id AND web_session.sha256 = :sha256 AND web_session.ended_at IS NULL
RETURNING account.name;

-- name: sessions_end(account_id)!
UPDATE web_session SET ended_at = now() WHERE account_id = :account_id AND ended_at IS NULL;

-- name: log_in_lock(account)$
-- Attempts on one account are counted one after the other, so that many at once are not let through together.
SELECT pg_advisory_xact_lock(7041992, hashtext(:account));

-- name: log_in_failures(account, address, minutes)^
SELECT
    count(*) FILTER (WHERE account = :account AND address = :address) AS of_both,
    count(*) FILTER (WHERE account = :account) AS of_account,
    count(*) FILTER (WHERE address = :address) AS of_address
FROM log_in_attempt
WHERE (account = :account OR address = :address) AND attempted_at > now() - make_interval(mins => :minutes);

-- name: log_in_attempt_insert(account, address)!
INSERT INTO log_in_attempt (account, address) VALUES (:account, :address);

-- name: log_in_attempts_forget(account, address)!
DELETE FROM log_in_attempt
WHERE (account = :account AND address = :address) OR attempted_at < now() - interval '1 day';
