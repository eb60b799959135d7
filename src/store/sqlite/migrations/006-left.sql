-- Under what an IOC was filed before: one row for each level, marking and sector (-1 for none) that versions before the one with
-- this stamp had. `began` is the stamp of the first of them, `ended` that of the version that replaced the last. Pollers of a filter
-- that an IOC has left are told of it by these.
CREATE TABLE version_left (
  stamp   INTEGER NOT NULL,
  level   INTEGER NOT NULL,
  tlp     INTEGER NOT NULL,
  sector  INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  type    INTEGER NOT NULL,
  began   INTEGER NOT NULL,
  ended   INTEGER NOT NULL,
  PRIMARY KEY (stamp, level, tlp, sector)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_left_level ON version_left (level, stamp);
CREATE INDEX version_left_tlp ON version_left (tlp, stamp);
CREATE INDEX version_left_sector ON version_left (sector, stamp);
