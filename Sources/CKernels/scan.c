#include "loops.h"

CLONES ptrdiff_t nabla_has_nan(const double *x, ptrdiff_t count) {
  // In blocks, so that a nan at the start ends the search.
  for (ptrdiff_t start = 0; start < count; start += 4096) {
    ptrdiff_t end = start + 4096 < count ? start + 4096 : count, found = 0;
    for (ptrdiff_t i = start; i < end; i++) found |= x[i] != x[i];
    if (found) return 1;
  }
  return 0;
}
