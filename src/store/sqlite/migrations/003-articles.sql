-- The reports that IOCs were looked for in. `record` is what is told of one, as JSON, without its id and time; the other columns
-- are what is asked for. It belongs to the source that it was first of. `run` took it in first, `last_run` changed it last.
CREATE TABLE article (
  id           INTEGER PRIMARY KEY,
  uuid         BLOB NOT NULL UNIQUE,
  source       INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  severity     INTEGER NOT NULL,
  run          INTEGER NOT NULL,
  last_run     INTEGER NOT NULL,
  record       TEXT NOT NULL
) STRICT;
CREATE INDEX article_published ON article (published_at, id);

-- What an article can be filtered by, as `actor:apt28`.
CREATE TABLE article_word (
  word    TEXT NOT NULL,
  article INTEGER NOT NULL,
  PRIMARY KEY (word, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_word_article ON article_word (article);

-- The IOCs that were found in an article, held ones too, and where; `run` found them.
CREATE TABLE article_ioc (
  article  INTEGER NOT NULL,
  ioc      INTEGER NOT NULL,
  run      INTEGER NOT NULL,
  evidence TEXT,
  PRIMARY KEY (article, ioc)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_ioc_ioc ON article_ioc (ioc);

-- The words of articles; `rowid` is the article's id.
CREATE VIRTUAL TABLE article_search USING fts5(title, summary, names, content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2');
