#pragma once
#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// A counter that threads wait for: what is written is added, a read takes all, or one where it
/// `is_counted`. A descriptor that never blocks; -1 where there is none to be had.
static inline int event_counter(int is_counted) {
  return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC | (is_counted ? EFD_SEMAPHORE : 0));
}

/// A descriptor that becomes readable when the process ends; -1 where there is none.
static inline int process_descriptor(int process) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, process, 0);
#else
  return -1;
#endif
}

/// The bytes in a connection's buffer that its peer has not taken; 0 for what is no connection.
static inline int unsent_bytes(int descriptor) {
  int count = 0;
  return ioctl(descriptor, SIOCOUTQ, &count) == 0 ? count : 0;
}
