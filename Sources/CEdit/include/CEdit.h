#pragma once
#include <stddef.h>
#include <wchar.h>

/// Line editing by libedit, which is opened at the first use, so that a process that edits no line
/// does not pay for it. All of this is for one thread; text is in code points of Unicode.
typedef struct nabla_edit nabla_edit;

/// Who edits: what it is asked for while a line is read.
typedef struct nabla_edit_host {
  void *context;
  /// The next key; returns 1, or 0 where none will come any more or none is given.
  int (*read)(void *context, wchar_t *key);
  /// Does a command that was added, and says what is to be shown then.
  int (*perform)(void *context, int command);
  /// Writes to the terminal.
  void (*write)(void *context, const char *bytes, size_t count);
} nabla_edit_host;

/// What a command asks for when it is done.
enum nabla_edit_reply {
  nabla_edit_nothing = 0,
  /// The line is read.
  nabla_edit_finish = 1,
  /// The line or the prompt changed.
  nabla_edit_changed = 4,
  /// The cursor moved.
  nabla_edit_moved = 5,
  /// It could not be done: a bell.
  nabla_edit_refused = 6,
};

/// Whether libedit can be opened.
int nabla_edit_is_available(void);

/// Starts editing on a terminal; null where that cannot be, with the reason in `failure`: libedit
/// cannot be opened, or it does not know the terminal.
nabla_edit *nabla_edit_open(const char *program, int input, int output, nabla_edit_host host,
                            const char **failure);
void nabla_edit_close(nabla_edit *edit);

/// Reads the user's own settings, from `~/.editrc`.
void nabla_edit_read_settings(nabla_edit *edit);

/// Whether the settings leave editing on.
int nabla_edit_is_on(nabla_edit *edit);

/// Whether the settings chose the keys of vi.
int nabla_edit_has_vi_keys(nabla_edit *edit);

/// Adds a command; false where there is no room for more.
int nabla_edit_add(nabla_edit *edit, int command, const char *name, const char *help);

/// Where keys do a command: while text is typed, in the command mode of vi, or in both.
enum { nabla_edit_typing = 1, nabla_edit_commands = 2 };

/// Lets keys, written as in `~/.editrc`, do a command in the given maps.
void nabla_edit_bind(nabla_edit *edit, const char *keys, const char *command, int maps);

/// Sets what stands before the line from now on.
void nabla_edit_set_prompt(nabla_edit *edit, const wchar_t *prompt);

/// Reads a line, until a command finishes it or no key comes any more.
void nabla_edit_read(nabla_edit *edit);

/// The line as it stands; valid until it changes.
const wchar_t *nabla_edit_line(nabla_edit *edit, size_t *count, size_t *cursor);

/// Puts text, which ends with a zero, in place of the line.
void nabla_edit_replace(nabla_edit *edit, const wchar_t *text, size_t cursor);

/// Puts the cursor at a place of the line.
void nabla_edit_move(nabla_edit *edit, size_t place);

/// Draws prompt and line at the cursor of the terminal, which must be in the first column.
void nabla_edit_draw(nabla_edit *edit);

/// How many columns libedit takes for a code point; negative where it knows none.
int nabla_edit_columns(wchar_t code);

/// Asks the terminal for its size; ``nabla_edit_draw`` must follow.
void nabla_edit_resize(nabla_edit *edit);

/// Turns the terminal's modes for editing on or off.
void nabla_edit_set_modes(nabla_edit *edit, int editing);

/// Writes the numbers of signals that tell of the terminal, or end the process, to a descriptor, a
/// byte each, until ``nabla_edit_unwatch_signals``; one that came just before may be written later.
void nabla_edit_watch_signals(int descriptor);
void nabla_edit_unwatch_signals(void);

/// Sends a signal that is not watched to all processes of the terminal's foreground, as the
/// terminal's own key does; what it does to this process is done when this returns.
void nabla_edit_raise_for_group(int number);

/// Lets a terminal not show what is typed, until ``nabla_edit_show_typing`` or a signal stops or
/// ends the process; false where it shows nothing already or is another process's.
int nabla_edit_hide_typing(int descriptor);
void nabla_edit_show_typing(void);
