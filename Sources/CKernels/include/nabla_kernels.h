#pragma once

#include <stddef.h>

// Loops over float64 entries, compiled once for each level of the CPU. Results are IEEE's for
// arithmetic, roots and comparisons, and within 4 units in the last place for functions.
// Source and destination may be the same; they may not overlap otherwise.

#define NABLA_UNARY(name) \
  void nabla_##name(const double *_Nullable x, double *_Nullable out, ptrdiff_t count);

// A step is 1, or 0 for an operand whose one entry is used for all.
#define NABLA_BINARY(name)                                                              \
  void nabla_##name(const double *_Nullable x, ptrdiff_t step_x, const double *_Nullable y, \
                    ptrdiff_t step_y, double *_Nullable out, ptrdiff_t count);

NABLA_UNARY(negative)
NABLA_UNARY(square)
NABLA_UNARY(reciprocal)
NABLA_UNARY(sqrt)
NABLA_UNARY(abs)
NABLA_UNARY(sign)
NABLA_UNARY(relu)

NABLA_UNARY(exp)
NABLA_UNARY(log)
NABLA_UNARY(sin)
NABLA_UNARY(cos)
NABLA_UNARY(expm1)
NABLA_UNARY(log1p)
NABLA_UNARY(tanh)
NABLA_UNARY(sigmoid)
NABLA_UNARY(erf)
NABLA_UNARY(gelu)

NABLA_BINARY(add)
NABLA_BINARY(subtract)
NABLA_BINARY(multiply)
NABLA_BINARY(divide)
NABLA_BINARY(chain)
NABLA_BINARY(maximum)
NABLA_BINARY(minimum)
NABLA_BINARY(less)
NABLA_BINARY(less_equal)
NABLA_BINARY(greater)
NABLA_BINARY(greater_equal)
NABLA_BINARY(equal)
NABLA_BINARY(not_equal)

#undef NABLA_UNARY
#undef NABLA_BINARY

/// The object by which the running thread is interrupted; null where there is none.
void *_Nullable nabla_thread_interruption(void);
void nabla_set_thread_interruption(void *_Nullable interruption);
