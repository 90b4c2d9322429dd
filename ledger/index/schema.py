"""Tables of the index.  Generic: a new journal or kind of record adds no table."""

from __future__ import annotations

VERSION = "12"

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (
  path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER,
  stop INTEGER, line INTEGER, h TEXT
) WITHOUT ROWID;
CREATE TABLE seal (month TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER) WITHOUT ROWID;
CREATE TABLE late (id TEXT, path TEXT, line INTEGER, start INTEGER);
CREATE TABLE hole (space TEXT, key TEXT, PRIMARY KEY (space, key)) WITHOUT ROWID;
CREATE TABLE doubt (prefix TEXT, width INTEGER, first INTEGER, last INTEGER);
CREATE TABLE damage (path TEXT, code TEXT, finding TEXT);
CREATE TABLE record (
  seq INTEGER PRIMARY KEY, id TEXT, journal TEXT, terminal TEXT, day TEXT, number INTEGER, kind TEXT, at TEXT,
  ord TEXT, ref TEXT, key TEXT, client TEXT, path TEXT, line INTEGER, start INTEGER, size INTEGER,
  clock TEXT
);
CREATE INDEX record_clock ON record (substr(ord, 12, 15)) WHERE clock = '';
CREATE INDEX record_time ON record (substr(ord, 12, 15));
CREATE INDEX record_id ON record (id);
CREATE INDEX record_number ON record (journal, terminal, day, number);
CREATE INDEX record_instant ON record (terminal, substr(ord, 12, 15));
CREATE INDEX record_day ON record (day);
CREATE INDEX record_ref ON record (ref) WHERE ref <> '';
CREATE INDEX record_key ON record (journal, key) WHERE key <> '';
CREATE INDEX record_client ON record (client) WHERE client <> '';
CREATE TABLE sheet (
  prefix TEXT, width INTEGER, first INTEGER, last INTEGER, ord TEXT, layers TEXT, place TEXT, face INTEGER,
  PRIMARY KEY (prefix, width, first)
) WITHOUT ROWID;
CREATE INDEX sheet_on_hand ON sheet (prefix, width, first) WHERE place IN ('safe', 'void');
CREATE TABLE event (prefix TEXT, width INTEGER, level INTEGER, first INTEGER, last INTEGER, seq INTEGER);
CREATE INDEX event_span ON event (prefix, width, level, first);
CREATE TABLE thing (space TEXT, key TEXT, ord TEXT, layers TEXT, open INTEGER, PRIMARY KEY (space, key)) WITHOUT ROWID;
CREATE INDEX thing_open ON thing (space, key) WHERE open;
"""
