#pragma once
#include <sys/syscall.h>
#include <unistd.h>
#include <zmq.h>

/// A descriptor that becomes readable when the process ends; -1 where there is none.
static inline int process_descriptor(int process) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, process, 0);
#else
  return -1;
#endif
}
