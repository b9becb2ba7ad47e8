#define _GNU_SOURCE
#include "CEdit.h"

#include <errno.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

static const int leaving[] = {SIGTSTP, SIGTERM, SIGHUP, SIGQUIT};
enum { leaving_count = sizeof leaving / sizeof *leaving };
static struct sigaction outer[leaving_count];
static volatile sig_atomic_t terminal = -1;

// A process in the background that changes the modes would be stopped for it.
static int set_echo(int shows) {
  struct termios modes;
  if (tcgetpgrp(terminal) != getpgrp() || tcgetattr(terminal, &modes) != 0) return 0;
  if (!(modes.c_lflag & ECHO) == !shows) return 0;
  modes.c_lflag ^= ECHO;
  return tcsetattr(terminal, TCSANOW, &modes) == 0;
}

static void leave(int number);

static void watch(int place) {
  struct sigaction action = {.sa_handler = leave, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(leaving[place], &action, NULL);
}

// Lets a signal stop or end the process, with the terminal as its next user wants it.
static void leave(int number) {
  int saved = errno;
  int was_hidden = set_echo(1);
  for (int place = 0; place < leaving_count; place++) {
    if (leaving[place] != number) continue;
    sigset_t own, before;
    sigemptyset(&own);
    sigaddset(&own, number);
    sigaction(number, &outer[place], NULL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &own, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (terminal >= 0) watch(place);
  }
  if (was_hidden) set_echo(0);
  errno = saved;
}

int nabla_edit_hide_typing(int descriptor) {
  if (terminal >= 0) return 0;
  terminal = descriptor;
  for (int place = 0; place < leaving_count; place++) {
    struct sigaction now;
    sigaction(leaving[place], NULL, &now);
    // A signal on another thread may have put `leave` back as typing was shown again.
    if (now.sa_handler != leave) outer[place] = now;
    if (outer[place].sa_handler != SIG_IGN) watch(place);
  }
  if (set_echo(0)) return 1;
  nabla_edit_show_typing();
  return 0;
}

void nabla_edit_show_typing(void) {
  if (terminal < 0) return;
  set_echo(1);
  for (int place = 0; place < leaving_count; place++) {
    sigaction(leaving[place], &outer[place], NULL);
  }
  terminal = -1;
}
