-- What receipts need of replaced versions that are not kept whole any more. `sectors` has the bit of each sector's code.
CREATE TABLE past (
  ioc     INTEGER NOT NULL,
  stamp   INTEGER NOT NULL,
  until   INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  level   INTEGER NOT NULL,
  sectors INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  PRIMARY KEY (ioc, stamp)
) STRICT, WITHOUT ROWID;
CREATE INDEX past_until ON past (until);
CREATE INDEX superseded_until ON superseded (until);
