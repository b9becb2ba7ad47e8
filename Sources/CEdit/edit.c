#define _GNU_SOURCE
#include "CEdit.h"

#include <dlfcn.h>
#include <histedit.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <wctype.h>

#define FUNCTIONS(X) \
  X(el_init_fd) X(el_end) X(el_source) X(el_set) X(el_wset) X(el_wget) X(el_wgets) X(el_wline) X(el_cursor) \
  X(el_winsertstr) X(el_resize)

static struct {
#define DECLARE(name) __typeof__(&name) name;
  FUNCTIONS(DECLARE)
} library;
static int is_open;
static int (*find_terminal)(char *, const char *);
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_library(void) {
  void *handle = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!handle) handle = dlopen("libedit.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!handle) handle = dlopen("libedit.so", RTLD_NOW | RTLD_LOCAL);
  if (!handle) return;
#define FIND(name) \
  library.name = (__typeof__(&name))dlsym(handle, #name); \
  if (!library.name) return;
  FUNCTIONS(FIND)
  // Of the library of terminals that libedit uses.
  find_terminal = (int (*)(char *, const char *))dlsym(handle, "tgetent");
  is_open = 1;
}

enum { command_limit = 24, word_limit = 2 * command_limit };

struct nabla_edit {
  EditLine *line;
  FILE *output;
  nabla_edit_host host;
  wchar_t *prompt;
  locale_t locale, outer_locale;
  // libedit keeps the addresses of names.
  wchar_t *words[word_limit];
  int word_count;
};

static nabla_edit *edit_of(EditLine *line) {
  void *edit = NULL;
  library.el_wget(line, EL_CLIENTDATA, &edit);
  return edit;
}

// MARK: What libedit calls

static int read_key(EditLine *line, wchar_t *key) {
  nabla_edit *edit = edit_of(line);
  return edit->host.read(edit->host.context, key);
}

static wchar_t *prompt_of(EditLine *line) {
  static wchar_t none[] = L"";
  nabla_edit *edit = edit_of(line);
  return edit->prompt ? edit->prompt : none;
}

static ssize_t write_bytes(void *cookie, const char *bytes, size_t count) {
  nabla_edit *edit = cookie;
  edit->host.write(edit->host.context, bytes, count);
  return (ssize_t)count;
}

// A command is a function without a context, so each needs a function of its own.
#define COMMANDS(X) \
  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) \
  X(17) X(18) X(19) X(20) X(21) X(22) X(23)
#define COMMAND(number) \
  static unsigned char command_##number(EditLine *line, wint_t key) { \
    (void)key; \
    nabla_edit *edit = edit_of(line); \
    return (unsigned char)edit->host.perform(edit->host.context, number); \
  }
COMMANDS(COMMAND)
#define ENTRY(number) command_##number,
static unsigned char (*const commands[command_limit])(EditLine *, wint_t) = {COMMANDS(ENTRY)};

// MARK: Opening and closing

int nabla_edit_is_available(void) {
  pthread_once(&once, open_library);
  return is_open;
}

nabla_edit *nabla_edit_open(const char *program, int input, int output, nabla_edit_host host,
                            const char **failure) {
  if (!nabla_edit_is_available()) {
    *failure = "libedit cannot be opened";
    return NULL;
  }
  const char *terminal = getenv("TERM");
  char entry[4096];
  if (!terminal || (find_terminal && find_terminal(entry, terminal) <= 0)) {
    *failure = "nothing is known of the terminal that TERM names";
    return NULL;
  }
  nabla_edit *edit = calloc(1, sizeof *edit);
  if (!edit) {
    *failure = "there is no memory for it";
    return NULL;
  }
  edit->host = host;
  // The language is written in UTF-8 wherever it runs; only this thread's characters are meant.
  edit->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  if (!edit->locale) edit->locale = newlocale(LC_CTYPE_MASK, "en_US.UTF-8", (locale_t)0);
  if (!edit->locale) edit->locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
  if (edit->locale) edit->outer_locale = uselocale(edit->locale);
  cookie_io_functions_t functions = {.write = write_bytes};
  edit->output = fopencookie(edit, "w", functions);
  if (edit->output) {
    edit->line = library.el_init_fd(program, stdin, edit->output, edit->output, input, output,
                                    output);
  }
  if (!edit->line) {
    *failure = "libedit cannot edit on this terminal";
    nabla_edit_close(edit);
    return NULL;
  }
  library.el_wset(edit->line, EL_CLIENTDATA, edit);
  library.el_wset(edit->line, EL_GETCFN, read_key);
  library.el_wset(edit->line, EL_PROMPT, prompt_of);
  library.el_wset(edit->line, EL_EDITOR, L"emacs");
  library.el_wset(edit->line, EL_SIGNAL, 0);
  // A terminal that takes Ctrl-S for itself stands still until Ctrl-Q; one that takes Ctrl-C for
  // itself does so in a paste too, and one that makes line ends and returns alike doubles CRLF.
  library.el_set(edit->line, EL_SETTY, "-d", "-ixon", "-isig", "-icrnl", "-inlcr", NULL);
  return edit;
}

void nabla_edit_close(nabla_edit *edit) {
  if (edit->line) library.el_end(edit->line);
  if (edit->output) fclose(edit->output);
  if (edit->locale) {
    uselocale(edit->outer_locale);
    freelocale(edit->locale);
  }
  for (int word = 0; word < edit->word_count; word++) free(edit->words[word]);
  free(edit->prompt);
  free(edit);
}

void nabla_edit_read_settings(nabla_edit *edit) { library.el_source(edit->line, NULL); }

int nabla_edit_is_on(nabla_edit *edit) {
  int mode = 0;
  return library.el_wget(edit->line, EL_EDITMODE, &mode) != 0 || mode;
}

int nabla_edit_has_vi_keys(nabla_edit *edit) {
  const wchar_t *keys = NULL;
  return library.el_wget(edit->line, EL_EDITOR, &keys) == 0 && keys && keys[0] == L'v';
}

// The text, which is ASCII, in wide characters; kept as long as the editor.
static const wchar_t *keep_word(nabla_edit *edit, const char *text) {
  if (edit->word_count == word_limit) return NULL;
  size_t count = 0;
  while (text[count]) count++;
  wchar_t *word = calloc(count + 1, sizeof *word);
  if (!word) return NULL;
  for (size_t place = 0; place < count; place++) word[place] = (unsigned char)text[place];
  edit->words[edit->word_count++] = word;
  return word;
}

int nabla_edit_add(nabla_edit *edit, int command, const char *name, const char *help) {
  if (command < 0 || command >= command_limit) return 0;
  const wchar_t *wide_name = keep_word(edit, name), *wide_help = keep_word(edit, help);
  if (!wide_name || !wide_help) return 0;
  return library.el_wset(edit->line, EL_ADDFN, wide_name, wide_help, commands[command]) == 0;
}

void nabla_edit_bind(nabla_edit *edit, const char *keys, const char *command, int maps) {
  wchar_t wide_keys[32], wide_command[64];
  swprintf(wide_keys, 32, L"%s", keys);
  swprintf(wide_command, 64, L"%s", command);
  if (maps & nabla_edit_typing) {
    library.el_wset(edit->line, EL_BIND, wide_keys, wide_command, NULL);
  }
  if (maps & nabla_edit_commands) {
    library.el_wset(edit->line, EL_BIND, L"-a", wide_keys, wide_command, NULL);
  }
}

// MARK: The line

void nabla_edit_set_prompt(nabla_edit *edit, const wchar_t *prompt) {
  wchar_t *copy = wcsdup(prompt);
  if (!copy) return;
  free(edit->prompt);
  edit->prompt = copy;
}

void nabla_edit_read(nabla_edit *edit) {
  int count = 0;
  library.el_wgets(edit->line, &count);
  fflush(edit->output);
}

const wchar_t *nabla_edit_line(nabla_edit *edit, size_t *count, size_t *cursor) {
  const LineInfoW *line = library.el_wline(edit->line);
  *count = (size_t)(line->lastchar - line->buffer);
  *cursor = (size_t)(line->cursor - line->buffer);
  return line->buffer;
}

void nabla_edit_replace(nabla_edit *edit, const wchar_t *text, size_t cursor) {
  // What el_deletestr takes away is what the keys that yank and undo give back, in place of what the
  // user deleted; so the line, which el_wline gives itself, is emptied by hand.
  LineInfoW *line = (LineInfoW *)library.el_wline(edit->line);
  line->cursor = line->lastchar = line->buffer;
  library.el_winsertstr(edit->line, text);
  nabla_edit_move(edit, cursor);
}

void nabla_edit_move(nabla_edit *edit, size_t place) {
  size_t count, cursor;
  nabla_edit_line(edit, &count, &cursor);
  library.el_cursor(edit->line, (int)place - (int)cursor);
}

void nabla_edit_draw(nabla_edit *edit) {
  fflush(edit->output);
  library.el_wset(edit->line, EL_REFRESH);
}

int nabla_edit_columns(wchar_t code) { return wcwidth(code); }

void nabla_edit_resize(nabla_edit *edit) { library.el_resize(edit->line); }

void nabla_edit_set_modes(nabla_edit *edit, int editing) {
  library.el_wset(edit->line, EL_PREP_TERM, editing);
}
