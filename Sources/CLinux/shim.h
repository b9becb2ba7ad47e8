#pragma once
#include <linux/sockios.h>
#include <stdint.h>
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

/// Asks the scheduler to run the calling thread, and those that it starts, in turns of so many
/// nanoseconds; 0 is its own choice. Shorter turns come sooner. Systems older than Linux 6.12 take
/// no notice.
static inline void set_time_slice(uint64_t nanoseconds) {
#if defined(SYS_sched_setattr) && defined(SYS_sched_getattr)
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } attributes = {.size = 48};
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  attributes.runtime = nanoseconds;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
#endif
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
