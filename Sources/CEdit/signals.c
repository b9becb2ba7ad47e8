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
  // One that ends the process is told of before the one that lets it go on to hear of that: those
  // that come at once come by their numbers, and none interrupts the other.
  sigemptyset(&action.sa_mask);
  for (int other = 0; other < watched_count; other++) sigaddset(&action.sa_mask, watched[other]);
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
  // The destination stays: another thread may be about to write to it.
  for (int place = 0; place < watched_count; place++) {
    sigaction(watched[place], &outer[place], NULL);
  }
}

void nabla_edit_raise_for_group(int number) {
  // The signal that goes to the group finds us on any thread and at any time; what is to have
  // happened when this returns is sent to this thread alone.
  struct sigaction ours, ignored = {.sa_handler = SIG_IGN};
  sigemptyset(&ignored.sa_mask);
  sigaction(number, &ignored, &ours);
  kill(0, number);
  sigaction(number, &ours, NULL);
  raise(number);
}
