-- What the TAXII server needs: versions by their marking in the order of publication, which keys may contribute, and what became of
-- each contribution.

CREATE INDEX version_tlp ON version (live, tlp, stamp);

ALTER TABLE api_key ADD COLUMN can_write INTEGER NOT NULL DEFAULT 0;

-- `status` is the whole status resource, as JSON.
CREATE TABLE contribution (
  id      TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  status  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX contribution_made ON contribution (made_at);
