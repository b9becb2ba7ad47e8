#define _GNU_SOURCE
#include "nabla_kernels.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

// The pages that a decoy's addresses share.
#define SHARED ((size_t)16 << 20)

static size_t whole(size_t bytes) { return (bytes + SHARED - 1) / SHARED * SHARED; }

void *nabla_make_decoy(size_t bytes) {
  int file = memfd_create("refused", MFD_CLOEXEC);
  if (file < 0) return NULL;
  size_t length = whole(bytes);
  char *start = MAP_FAILED;
  if (ftruncate(file, SHARED) == 0)
    start = mmap(NULL, length, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  for (size_t at = 0; start != MAP_FAILED && at < length; at += SHARED) {
    void *place =
        mmap(start + at, SHARED, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0);
    if (place == MAP_FAILED) {
      munmap(start, length);
      start = MAP_FAILED;
    }
  }
  close(file);
  return start == MAP_FAILED ? NULL : start;
}

void nabla_end_decoy(void *memory, size_t bytes) { munmap(memory, whole(bytes)); }

void nabla_release_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
