#define _GNU_SOURCE
#include "nabla_kernels.h"

#include <errno.h>
#include <stddef.h>
#include <time.h>

static _Thread_local void *interruption = NULL;

void *nabla_thread_interruption(void) { return interruption; }
void nabla_set_thread_interruption(void *value) { interruption = value; }

int nabla_wait(sem_t *bell, int64_t nanoseconds) {
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += nanoseconds / 1000000000;
  end.tv_nsec += nanoseconds % 1000000000;
  if (end.tv_nsec >= 1000000000) {
    end.tv_sec += 1;
    end.tv_nsec -= 1000000000;
  }
  int status;
  do status = sem_clockwait(bell, CLOCK_MONOTONIC, &end);
  while (status != 0 && errno == EINTR);
  return status;
}
