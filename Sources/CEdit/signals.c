#define _GNU_SOURCE
#include "CEdit.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static const int watched[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGQUIT};
enum { watched_count = sizeof watched / sizeof *watched };
static struct sigaction outer[watched_count];
static volatile sig_atomic_t destination = -1;

static void tell(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  // A full pipe holds enough to wake the reader.
  (void)!write(destination, &byte, 1);
  errno = saved;
}

static void watch(int place) {
  struct sigaction action = {.sa_handler = tell, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(watched[place], &action, NULL);
}

void nabla_edit_watch_signals(int descriptor) {
  destination = descriptor;
  for (int place = 0; place < watched_count; place++) {
    sigaction(watched[place], NULL, &outer[place]);
    // What is ignored, as SIGHUP under nohup, stays so.
    if (outer[place].sa_handler != SIG_IGN) watch(place);
  }
}

void nabla_edit_unwatch_signals(void) {
  for (int place = 0; place < watched_count; place++) {
    sigaction(watched[place], &outer[place], NULL);
  }
  destination = -1;
}

static void pass_on(int number, int to_group) {
  for (int place = 0; place < watched_count; place++) {
    if (watched[place] != number) continue;
    sigaction(number, &outer[place], NULL);
    if (to_group) {
      kill(0, number);
    } else {
      raise(number);
    }
    watch(place);
  }
}

void nabla_edit_raise(int number) { pass_on(number, 0); }

void nabla_edit_raise_for_group(int number) { pass_on(number, 1); }
