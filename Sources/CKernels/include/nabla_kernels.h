#pragma once

#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>

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

/// Whether an entry is nan.
ptrdiff_t nabla_has_nan(const double *_Nullable x, ptrdiff_t count);

/// Windows that move over the planes of an image, for convolutions and pools.
typedef struct {
  ptrdiff_t channels, height, width;
  ptrdiff_t kernel_height, kernel_width;
  ptrdiff_t out_width;
  ptrdiff_t stride_rows, stride_columns;
  ptrdiff_t pad_rows, pad_columns;
} nabla_window;

/// The windows at some rows of outputs, as a matrix with a row for each channel and place in the
/// window, and a column for each output; 0 where a window reaches into the padding.
void nabla_im2col(const double *_Nonnull image, double *_Nonnull columns,
                  const nabla_window *_Nonnull window, ptrdiff_t first, ptrdiff_t rows);

/// The transpose of im2col: adds such a matrix to the image.
void nabla_col2im(const double *_Nonnull columns, double *_Nonnull image,
                  const nabla_window *_Nonnull window, ptrdiff_t first, ptrdiff_t rows);

/// For each output the place of the first largest entry in its window, plus an offset; nan is the
/// largest. There is no padding.
void nabla_max_pool(const double *_Nonnull image, ptrdiff_t *_Nonnull places,
                    const nabla_window *_Nonnull window, ptrdiff_t offset, ptrdiff_t out_height);

/// Entries picked by place, and entries added up where places say.
void nabla_gather(const double *_Nullable x, const ptrdiff_t *_Nullable places,
                  double *_Nullable out, ptrdiff_t count);
void nabla_scatter_add(const double *_Nullable x, const ptrdiff_t *_Nullable places,
                       double *_Nullable out, ptrdiff_t count);

/// Steps of optimisers, in place; `decay` is the weight of a penalty p**2 / 2.
void nabla_step_sgd(double *_Nonnull p, const double *_Nonnull g, double rate, double decay,
                    ptrdiff_t count);
void nabla_step_momentum(double *_Nonnull p, const double *_Nonnull g, double *_Nonnull v,
                         double rate, double mu, double decay, ptrdiff_t count);
void nabla_step_nesterov(double *_Nonnull p, const double *_Nonnull g, double *_Nonnull v,
                         double rate, double mu, double decay, ptrdiff_t count);
void nabla_step_rmsprop(double *_Nonnull p, const double *_Nonnull g, double *_Nonnull s,
                        double rate, double keep, double eps, double decay, ptrdiff_t count);
void nabla_step_adam(double *_Nonnull p, const double *_Nonnull g, double *_Nonnull m,
                     double *_Nonnull v, double rate, double beta1, double beta2, double eps,
                     double correction1, double correction2, double decay, ptrdiff_t count);

#undef NABLA_UNARY
#undef NABLA_BINARY

// Products of narrow matrices, row-major, added to what stands in c when `adds` is not 0.

/// c (rows × columns) = a @ b for up to 10 columns; b stands column by column.
void nabla_product_dots(const double *_Nonnull a, ptrdiff_t a_stride, const double *_Nonnull b,
                        ptrdiff_t b_stride, double *_Nonnull c, ptrdiff_t c_stride, ptrdiff_t rows,
                        ptrdiff_t inner, int columns, int adds);

/// c[i, j] = Σ a[k, i] b[k, j] for up to 10 columns j; b stands row by row of so many. Entries of c
/// are `c_step` apart along i and `c_stride` along j.
void nabla_product_sums(const double *_Nonnull a, ptrdiff_t a_stride, const double *_Nonnull b,
                        double *_Nonnull c, ptrdiff_t c_step, ptrdiff_t c_stride, ptrdiff_t rows,
                        ptrdiff_t inner, int columns, int adds);

/// c (rows × columns) = a @ b for an inner axis of 1 to 8; entries of a are `a_row` and `a_column`
/// apart.
void nabla_product_outers(const double *_Nonnull a, ptrdiff_t a_row, ptrdiff_t a_column,
                          const double *_Nonnull b, ptrdiff_t b_stride, double *_Nonnull c,
                          ptrdiff_t c_stride, ptrdiff_t rows, int inner, ptrdiff_t columns,
                          int adds);

/// The object by which the running thread is interrupted; null where there is none.
void *_Nullable nabla_thread_interruption(void);
void nabla_set_thread_interruption(void *_Nullable interruption);

// Waits until the bell rings, at most so long; 0 when it rang.
int nabla_wait(sem_t *_Nonnull bell, int64_t nanoseconds);

/// So many bytes of addresses that share a few pages; null where the system refuses.
///
/// Memory that looks as large as was asked for, may be written, and holds nothing.
void *_Nullable nabla_make_decoy(size_t bytes);
void nabla_end_decoy(void *_Nonnull memory, size_t bytes);

/// Gives what is free in the heap back to the system.
void nabla_release_memory(void);
