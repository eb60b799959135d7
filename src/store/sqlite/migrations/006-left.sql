-- Under what an IOC was filed before: one row for each level, marking and sector (-1 for none) that versions before the one with
-- this stamp had. `began` is the stamp of the first of them, `ended` that of the version that replaced the last. Pollers of a filter
-- that an IOC has left are told of it by these.
--
-- A poller that has come to a stamp is told of what began by then and has a version after it. `span` tells rows apart by how far
-- the two are from each other: 2, 16 and 128 days, or more. So a walk by stamps ends where its rows began too late.
CREATE TABLE version_left (
  stamp   INTEGER NOT NULL,
  level   INTEGER NOT NULL,
  tlp     INTEGER NOT NULL,
  sector  INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  type    INTEGER NOT NULL,
  began   INTEGER NOT NULL,
  ended   INTEGER NOT NULL,
  span    INTEGER NOT NULL AS (
    CASE WHEN stamp - began <= 172800000 THEN 0 WHEN stamp - began <= 1382400000 THEN 1 WHEN stamp - began <= 11059200000 THEN 2 ELSE 3 END
  ) VIRTUAL,
  PRIMARY KEY (stamp, level, tlp, sector)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_left_level ON version_left (level, span, stamp);
CREATE INDEX version_left_tlp ON version_left (tlp, span, stamp);
CREATE INDEX version_left_sector ON version_left (sector, span, stamp);
CREATE INDEX version_left_level_revoked ON version_left (level, span, stamp) WHERE revoked = 1;
CREATE INDEX version_left_tlp_revoked ON version_left (tlp, span, stamp) WHERE revoked = 1;
CREATE INDEX version_left_sector_revoked ON version_left (sector, span, stamp) WHERE revoked = 1;
