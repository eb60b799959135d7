-- Counts that the writer keeps, so that statistics do not grow with the store. Of current versions, neither replaced nor revoked nor
-- swept as expired: `kind` is type_level (`url high`), category, feed, technique or cve. Of publications by hour since 1970: added
-- and updated.
CREATE TABLE tally (
  kind  TEXT NOT NULL,
  name  TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_top ON tally (kind, count DESC);

INSERT INTO tally
WITH shown AS (
  SELECT i.json AS text FROM version AS v CROSS JOIN item AS i ON i.stamp = v.stamp WHERE v.live = 1 AND v.until = 9007199254740991
), named AS (
  SELECT 'type_level' AS kind, (text ->> '$.type') || ' ' || (text ->> '$.confidence') AS name, 0 AS item FROM shown
  UNION ALL
  SELECT 'technique', value, 0 FROM shown, json_each(shown.text, '$.mitre_techniques')
  WHERE value <> text ->> '$.value'
  UNION ALL
  SELECT 'technique', text ->> '$.value', 0 FROM shown WHERE text ->> '$.type' = 'mitre-attack'
  UNION ALL
  SELECT 'cve', value, 0 FROM shown, json_each(shown.text, '$.cves')
  WHERE value <> text ->> '$.value'
  UNION ALL
  SELECT 'cve', text ->> '$.value', 0 FROM shown WHERE text ->> '$.type' = 'cve'
  UNION ALL
  SELECT DISTINCT 'feed', s.name, v.stamp
  FROM version AS v CROSS JOIN item AS i ON i.stamp = v.stamp
  CROSS JOIN (SELECT name FROM source) AS s
  WHERE v.live = 1 AND v.until = 9007199254740991 AND (
    i.json ->> '$.source.feed_name' = s.name
    OR EXISTS (SELECT 1 FROM json_each(i.json, '$.other_sources') AS o WHERE o.value ->> '$.feed_name' = s.name)
  )
  UNION ALL
  SELECT 'category', c.category, 0
  FROM version_category AS c CROSS JOIN version AS v ON v.stamp = c.stamp
  WHERE c.live = 1 AND v.until = 9007199254740991
)
SELECT kind, name, count(*) FROM named WHERE name IS NOT NULL GROUP BY kind, name;

INSERT INTO tally
SELECT CASE WHEN v.stamp = o.created THEN 'added' ELSE 'updated' END AS kind, CAST(v.stamp / 3600000 AS TEXT), count(*)
FROM version AS v CROSS JOIN ioc AS o ON o.id = v.ioc
WHERE v.stamp > (SELECT coalesce(max(stamp), 0) FROM version) - 1209600000
GROUP BY 1, 2;
