-- Times and stamps are UTC milliseconds since 1970. "Never" is 9007199254740991, so that every
-- comparison is one of numbers. Codes are positions in the tables of src/model.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  url        TEXT,
  category   TEXT,
  tlp        INTEGER NOT NULL,
  confidence INTEGER NOT NULL
) STRICT;

-- One row per IOC. `uuid` is its indicator's, and stands for (type, value).
CREATE TABLE ioc (
  id                INTEGER PRIMARY KEY,
  uuid              BLOB NOT NULL UNIQUE,
  type              INTEGER NOT NULL,
  value             TEXT NOT NULL,
  created           INTEGER NOT NULL,
  stamp             INTEGER NOT NULL,
  validity_until    INTEGER,
  validity_moved_at INTEGER NOT NULL,
  retracted         TEXT
) STRICT;

-- What one source says of one IOC: `contexts` is a JSON array, one element for each of its records.
CREATE TABLE sighting (
  ioc            INTEGER NOT NULL,
  source         INTEGER NOT NULL,
  first_reported INTEGER NOT NULL,
  last_reported  INTEGER NOT NULL,
  reports        INTEGER NOT NULL,
  contexts       TEXT NOT NULL,
  PRIMARY KEY (ioc, source)
) STRICT, WITHOUT ROWID;

-- Published versions, by stamp. A version is visible from `stamp` on, until `until`. `live` is 1 for what
-- a first download carries: neither revoked nor, when it was last swept, expired.
CREATE TABLE version (
  stamp   INTEGER PRIMARY KEY,
  ioc     INTEGER NOT NULL,
  live    INTEGER NOT NULL,
  type    INTEGER NOT NULL,
  level   INTEGER NOT NULL,
  tlp     INTEGER NOT NULL,
  until   INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  stix    TEXT NOT NULL
) STRICT;
CREATE INDEX version_live ON version (live, stamp);
CREATE INDEX version_type ON version (live, type, stamp);
CREATE INDEX version_level ON version (live, level, stamp);
CREATE INDEX version_type_level ON version (live, type, level, stamp);
CREATE INDEX version_until ON version (until) WHERE until < 9007199254740991;
CREATE INDEX version_expires ON version (expires) WHERE live = 1 AND expires < 9007199254740991;

-- The sectors of each version, in the same orders: a sector is rare, and a scan past it would be long.
CREATE TABLE version_sector (
  sector INTEGER NOT NULL,
  live   INTEGER NOT NULL,
  stamp  INTEGER NOT NULL,
  type   INTEGER NOT NULL,
  level  INTEGER NOT NULL,
  PRIMARY KEY (sector, live, stamp)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_sector_type ON version_sector (sector, live, type, stamp);
CREATE INDEX version_sector_level ON version_sector (sector, live, level, stamp);
CREATE INDEX version_sector_type_level ON version_sector (sector, live, type, level, stamp);
CREATE INDEX version_sector_stamp ON version_sector (stamp);

-- Versions that a newer one has replaced, kept for whoever asks what was published when.
CREATE TABLE superseded (
  stamp INTEGER PRIMARY KEY,
  ioc   INTEGER NOT NULL,
  until INTEGER NOT NULL,
  stix  TEXT NOT NULL
) STRICT;
CREATE INDEX superseded_ioc ON superseded (ioc, stamp);

CREATE TABLE run (
  id          INTEGER PRIMARY KEY,
  source      INTEGER NOT NULL,
  input       TEXT NOT NULL,
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,
  failure     TEXT,
  added       INTEGER NOT NULL DEFAULT 0,
  updated     INTEGER NOT NULL DEFAULT 0,
  unchanged   INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE quarantine (
  run   INTEGER NOT NULL,
  code  TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (run, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine_sample (
  id     INTEGER PRIMARY KEY,
  run    INTEGER NOT NULL,
  code   TEXT NOT NULL,
  place  TEXT NOT NULL,
  reason TEXT NOT NULL,
  sample TEXT NOT NULL
) STRICT;
CREATE INDEX quarantine_sample_run ON quarantine_sample (run, code);

CREATE TABLE api_key (
  id         TEXT PRIMARY KEY,
  hash       BLOB NOT NULL UNIQUE,
  prefix     TEXT NOT NULL,
  account    TEXT NOT NULL,
  name       TEXT NOT NULL,
  tier       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  networks   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
