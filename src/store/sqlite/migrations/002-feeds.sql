-- What live feeds need: how far a source is believed, what the gate holds back, when to look at an IOC again,
-- what each run changed, the feeds themselves, and the operator's lists.

ALTER TABLE source ADD COLUMN reliability INTEGER NOT NULL DEFAULT 100;
ALTER TABLE source ADD COLUMN publisher TEXT;

-- `hold` is why the gate keeps an IOC back, as JSON. One that was never published has the stamp 0.
-- `was_valid` is 1 once a version was published before its validity ended: its end is then told, once.
ALTER TABLE ioc ADD COLUMN hold TEXT;
ALTER TABLE ioc ADD COLUMN was_valid INTEGER NOT NULL DEFAULT 1;
ALTER TABLE ioc ADD COLUMN review_at INTEGER;
UPDATE ioc SET review_at = validity_until, was_valid = validity_until > stamp WHERE validity_until IS NOT NULL;
CREATE INDEX ioc_review ON ioc (review_at) WHERE review_at IS NOT NULL;
CREATE INDEX ioc_hold ON ioc (id) WHERE hold IS NOT NULL;

-- `run` is the last one that changed what the source says; `withdrawn_at` since when it says it no more.
ALTER TABLE sighting ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sighting ADD COLUMN withdrawn_at INTEGER;
CREATE INDEX sighting_source ON sighting (source, ioc);

ALTER TABLE run ADD COLUMN feed TEXT;
ALTER TABLE run ADD COLUMN owner TEXT;
ALTER TABLE run ADD COLUMN state TEXT NOT NULL DEFAULT 'done';
ALTER TABLE run ADD COLUMN spool TEXT;
ALTER TABLE run ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
CREATE INDEX run_feed ON run (feed, id) WHERE feed IS NOT NULL;

-- What one run changed of what its source says: `kind` is a position in the table of src/store/store.ts, `before` what stood
-- there, NULL where nothing did.
CREATE TABLE run_change (
  run              INTEGER NOT NULL,
  ioc              INTEGER NOT NULL,
  kind             INTEGER NOT NULL,
  before           TEXT,
  before_withdrawn INTEGER,
  PRIMARY KEY (run, ioc)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
  name        TEXT PRIMARY KEY,
  definition  TEXT,
  wanted      INTEGER,
  enabled     INTEGER NOT NULL,
  next_at     INTEGER NOT NULL,
  owner       TEXT,
  lease_until INTEGER NOT NULL DEFAULT 0,
  bookmark    TEXT,
  failures    INTEGER NOT NULL DEFAULT 0,
  state       TEXT NOT NULL DEFAULT 'new',
  reason      TEXT,
  checked_at  INTEGER,
  good_at     INTEGER,
  good_run    INTEGER,
  changed_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_due ON feed (next_at) WHERE enabled = 1;

CREATE TABLE operator_entry (
  id         INTEGER PRIMARY KEY,
  list       TEXT NOT NULL,
  value      TEXT NOT NULL,
  comment    TEXT,
  owner      TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  UNIQUE (list, value)
) STRICT;
