-- Accounts, which people sign in with. `api_key.account` is the name of one, or of none.
CREATE TABLE account (
  name        TEXT PRIMARY KEY,
  tier        TEXT NOT NULL,
  password    TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  password_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Of a session's cookie, and of the one that names a browser, only the SHA-256 is kept.
CREATE TABLE session (
  hash       BLOB PRIMARY KEY,
  account    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);

-- Browsers that have signed in: guesses that others make do not keep them out.
CREATE TABLE device (
  hash    BLOB PRIMARY KEY,
  account TEXT NOT NULL,
  used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX device_account ON device (account, used_at);

-- The key that took over at a rotation.
ALTER TABLE api_key ADD COLUMN successor TEXT;
CREATE INDEX api_key_account ON api_key (account);
CREATE INDEX api_key_successor ON api_key (successor) WHERE successor IS NOT NULL;
