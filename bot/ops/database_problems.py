"""Operators' sentences for trouble with the database; `bot/ops/problems.py` fills them in."""

from __future__ import annotations

from collections.abc import Mapping

DATABASES = "for example sqlite:///briefings.db or postgresql://user:password@host/briefings"

DATABASE: Mapping[str, str] = {
    "database-unusable": "the database cannot be used: {cause}",
    "database-file-exposed": "other users of this machine can read the newsroom; run `chmod 600 {files}`",
    "database-encoding": "the database's encoding is {encoding}, in which not every text can be stored; "
    "make another by CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 and name it in BRIEFINGS_DATABASE_URL",
    "database-standby": "the database's server is a standby, which takes no changes; "
    "name its primary in BRIEFINGS_DATABASE_URL",
    "database-read-only": "the database takes no changes ({cause}); name the primary server in BRIEFINGS_DATABASE_URL, "
    "or set default_transaction_read_only to off for this role and database",
    "database-not-permitted": "the role in BRIEFINGS_DATABASE_URL may not write to the database ({cause}); "
    "name the role that owns it, or GRANT this one ALL on its schema, tables and sequences",
    "database-password-split": "BRIEFINGS_DATABASE_URL: write an @ in the password as %40",
    "database-not-address": f"BRIEFINGS_DATABASE_URL is no database address; use {DATABASES}",
    "database-unnamed": "BRIEFINGS_DATABASE_URL names no database; "
    "use for example postgresql://user:password@host/briefings",
    "database-of-other-kind": f"BRIEFINGS_DATABASE_URL: a newsroom is not kept in {{kind}}; use {DATABASES}",
    "database-driver-missing": "BRIEFINGS_DATABASE_URL: for PostgreSQL, install Briefings with "
    "`pip install '.[postgres]'`",
    "database-not-file": "BRIEFINGS_DATABASE_URL: a newsroom is kept in a SQLite file, "
    "for example sqlite:///briefings.db",
    "database-folder-missing": "the folder {folder} does not exist, so no database can be kept there",
    "database-file-missing": "there is no file {file}",
    "database-empty": "there is no newsroom in this database",
    "database-half-copied": "this newsroom is only half copied; run `briefings database copy` again",
    "database-file-gone": "{file} is gone, so nothing can be saved; move it back, "
    "or stop the program, put a backup of the newsroom there and start it again",
    "database-file-replaced": "{file} is not the file that was opened, or was written over, so nothing can be saved; "
    "move the right one back, or stop the program, remove {file}-wal and {file}-shm, put the right one there and start",
    "database-works-again": "the database can be used again; everything is saved",
    "database-unstamped": "the database holds tables of a newsroom ({table}) but not the version they are of; "
    "restore it from a backup, or name another in BRIEFINGS_DATABASE_URL",
    "database-stamp-unknown": "the database's tables are of version {stamp}, which this program never had; "
    "restore it from a backup, or name another in BRIEFINGS_DATABASE_URL",
    "database-incomplete": "the database lacks {missing}; restore it from a backup",
    "missing-table": "the table {table}",
    "missing-column": "the column {column} of the table {table}",
    "database-migration-failed": "the database's tables are not of the version that it names ({cause}); "
    "restore it from a backup",
    "database-of-other-version": "this newsroom was written by another version; start the bot on it once",
    "database-newer": "The database was written by a newer Briefings; update the program.",
    "database-written-to": "another process writes to the newsroom to be copied; stop it",
    "copy-to-itself": "FROM and TO are the same database",
    "copy-from-elsewhere": "TO is half copied from {place}; go on with that, or give an empty database",
    "copy-to-full": "TO is not empty (there are {table} in it); nothing was changed",
    "copy-differs": "{row} is not the same in FROM and TO; give an empty database and copy again",
}


def database_named(word: str, problem: str) -> str:
    """Return a problem of a database that was named by FROM or TO, not by the setting."""
    named = problem.replace("BRIEFINGS_DATABASE_URL", word)
    return named if named.startswith(word) else f"{word}: {named}"
