-- Values by their trigrams, for searches for a part of one; `rowid` is the IOC's id. It holds no values itself, and is kept up by
-- upkeep, up to the id in `meta.searched_to`: IOCs come in faster than they could be indexed on the way.
CREATE VIRTUAL TABLE value_search USING fts5(value, content = '', columnsize = 0, detail = none, tokenize = 'trigram');
