#pragma once
#include <sqlite3.h>

/// Binds a text, which SQLite copies; its length counts, so that zero bytes are part of it.
static inline int sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int length) {
  return sqlite3_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}

/// Lets the last connection to a file close without copying its log back, which waits for the disk.
static inline int sqlite_close_quickly(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
