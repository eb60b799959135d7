-- Each published version as lists and exports give it: its value, a record of CSV and an object of JSON, rendered
-- when it is published, so that a list is SQLite joining texts. `value` first: a list of values reads no further.
CREATE TABLE item (
  stamp INTEGER PRIMARY KEY,
  value TEXT NOT NULL,
  csv   TEXT NOT NULL,
  json  TEXT NOT NULL
) STRICT;

-- The categories of each version's sources, in lower case, in the order of publication.
CREATE TABLE version_category (
  category TEXT NOT NULL,
  live     INTEGER NOT NULL,
  stamp    INTEGER NOT NULL,
  type     INTEGER NOT NULL,
  level    INTEGER NOT NULL,
  PRIMARY KEY (category, live, stamp)
) STRICT, WITHOUT ROWID;

INSERT INTO version_category
SELECT DISTINCT lower(s.category), v.live, v.stamp, v.type, v.level
FROM version AS v CROSS JOIN sighting AS g ON g.ioc = v.ioc JOIN source AS s ON s.id = g.source
WHERE s.category IS NOT NULL;

-- What was published before is written down as far as its indicator and its sources tell; its next version is complete.
INSERT INTO item
WITH old AS (
  SELECT
    v.stamp,
    i.value,
    CASE v.type WHEN 0 THEN 'ipv4' WHEN 1 THEN 'ipv6' WHEN 2 THEN 'domain' WHEN 3 THEN 'url' WHEN 4 THEN 'md5' WHEN 5 THEN 'sha1' WHEN 6 THEN 'sha256' WHEN 7 THEN 'cve' WHEN 8 THEN 'mitre-attack' WHEN 9 THEN 'email' END AS type,
    CASE v.level WHEN 0 THEN 'low' WHEN 1 THEN 'medium' WHEN 2 THEN 'high' END AS level,
    CASE v.tlp WHEN 0 THEN 'clear' WHEN 1 THEN 'green' WHEN 2 THEN 'amber' WHEN 3 THEN 'amber+strict' WHEN 4 THEN 'red' END AS tlp,
    v.stix,
    coalesce(
      (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(g.last_reported) / 1000.0, 'unixepoch') FROM sighting AS g WHERE g.ioc = v.ioc),
      v.stix ->> '$.valid_from'
    ) AS last_seen,
    (SELECT s.name FROM sighting AS g JOIN source AS s ON s.id = g.source WHERE g.ioc = v.ioc ORDER BY s.name LIMIT 1) AS feed,
    (SELECT s.url FROM sighting AS g JOIN source AS s ON s.id = g.source WHERE g.ioc = v.ioc ORDER BY s.name LIMIT 1) AS url,
    (SELECT s.category FROM sighting AS g JOIN source AS s ON s.id = g.source WHERE g.ioc = v.ioc ORDER BY s.name LIMIT 1) AS category,
    (SELECT json_group_array(value) FROM json_each(v.stix, '$.labels') WHERE value NOT LIKE 'industry:%' AND value NOT LIKE 'malware:%' AND value NOT LIKE 'actor:%') AS tags,
    (SELECT json_group_array(substr(value, 10)) FROM json_each(v.stix, '$.labels') WHERE value LIKE 'industry:%') AS industries,
    (SELECT json_group_array(substr(value, 9)) FROM json_each(v.stix, '$.labels') WHERE value LIKE 'malware:%') AS families,
    (SELECT json_group_array(substr(value, 7)) FROM json_each(v.stix, '$.labels') WHERE value LIKE 'actor:%') AS actors,
    (SELECT json_group_array(value ->> '$.external_id') FROM json_each(v.stix, '$.external_references') WHERE value ->> '$.source_name' = 'mitre-attack') AS techniques,
    (SELECT json_group_array(value ->> '$.external_id') FROM json_each(v.stix, '$.external_references') WHERE value ->> '$.source_name' = 'cve') AS cves
  FROM version AS v CROSS JOIN ioc AS i ON i.id = v.ioc
)
SELECT
  stamp,
  value,
  (stix ->> '$.id') || ',' || type || ',' || '"' || replace(CASE WHEN ltrim(value, '''') GLOB '[-=+@' || char(9, 10, 13) || ']*' THEN '''' ELSE '' END || value, '"', '""') || '"' || ',' || level || ',' || (stix ->> '$.valid_from') || ',' || last_seen || ',,' ||
    '"' || replace(CASE WHEN ltrim(coalesce(feed, ''), '''') GLOB '[-=+@' || char(9, 10, 13) || ']*' THEN '''' ELSE '' END || coalesce(feed, ''), '"', '""') || '"' || ',' ||
    '"' || replace(CASE WHEN ltrim(coalesce(category, ''), '''') GLOB '[-=+@' || char(9, 10, 13) || ']*' THEN '''' ELSE '' END || coalesce(category, ''), '"', '""') || '"' || ',' ||
    '"' || replace(CASE WHEN ltrim(coalesce((SELECT group_concat(replace(value, ';', ','), ';') FROM json_each(tags)), ''), '''') GLOB '[-=+@' || char(9, 10, 13) || ']*' THEN '''' ELSE '' END || coalesce((SELECT group_concat(replace(value, ';', ','), ';') FROM json_each(tags)), ''), '"', '""') || '"',
  json_remove(
    json_object(
      'id', stix ->> '$.id', 'modified', stix ->> '$.modified', 'type', type, 'value', value, 'confidence', level,
      'score', stix ->> '$.confidence', 'first_seen', stix ->> '$.valid_from', 'last_seen', last_seen,
      'valid_until', stix ->> '$.valid_until', 'revoked', json('true'), 'tlp', tlp,
      'source', json_object(
        'feed_name', feed, 'category', category, 'origin', 'feed', 'reference_url', url,
        'article_id', NULL, 'article_title', NULL, 'article_url', NULL
      ),
      'context', stix ->> '$.description', 'tags', json(tags), 'mitre_techniques', json(techniques), 'industries', json(industries),
      'malware_families', json(families), 'threat_actors', json(actors), 'cves', json(cves)
    ),
    CASE WHEN stix ->> '$.valid_until' IS NULL THEN '$.valid_until' ELSE '$.none' END,
    CASE WHEN stix ->> '$.revoked' IS NULL THEN '$.revoked' ELSE '$.none' END
  )
FROM old;
