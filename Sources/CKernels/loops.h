#pragma once

#include "nabla_kernels.h"

// One clone for each CPU level, chosen when the program is loaded.
#if defined(__x86_64__) && defined(__ELF__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

// Entries do not depend on each other, also where a loop writes over its source.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

#define UNARY(name, expression)                                          \
  CLONES void nabla_##name(const double *x, double *out, ptrdiff_t count) { \
    INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {                  \
      double a = x[i];                                                   \
      out[i] = (expression);                                             \
    }                                                                    \
  }

#define BINARY_LOOP(first, second, expression)          \
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {   \
    double a = first, b = second;                       \
    out[i] = (expression);                              \
  }

// Each pair of steps has a loop of its own, so that the loads of each are plain.
#define BINARY(name, expression)                                                        \
  CLONES void nabla_##name(const double *x, ptrdiff_t step_x, const double *y,          \
                           ptrdiff_t step_y, double *out, ptrdiff_t count) {            \
    if (count <= 0) return;                                                             \
    if (step_x && step_y) {                                                             \
      BINARY_LOOP(x[i], y[i], expression)                                               \
    } else if (step_x) {                                                                \
      double fixed = y[0];                                                              \
      BINARY_LOOP(x[i], fixed, expression)                                              \
    } else if (step_y) {                                                                \
      double fixed = x[0];                                                              \
      BINARY_LOOP(fixed, y[i], expression)                                              \
    } else {                                                                            \
      double fixed_x = x[0], fixed_y = y[0];                                            \
      BINARY_LOOP(fixed_x, fixed_y, expression)                                         \
    }                                                                                   \
  }
