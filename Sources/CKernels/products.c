#include "loops.h"

// Products of matrices that are narrow in one direction, where packing for a blocked product costs
// more than it saves: scores of a few classes, points of a few coordinates.

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// Eight entries; the compiler splits them where the CPU has narrower registers.
typedef double vector __attribute__((vector_size(64), aligned(8)));

// Macros, because vectors are not passed between functions of different CPU levels.
#define load(x) (*(const vector *)(x))

// The sum of the eight, by halves.
#define total(v) \
  (((v)[0] + (v)[1]) + ((v)[2] + (v)[3])) + (((v)[4] + (v)[5]) + ((v)[6] + (v)[7]))

// MARK: Rows of a times n columns of b, as dot products along the inner axis

// b stands column by column, `b_stride` apart.
INLINE void dots(const double *a, ptrdiff_t a_stride, const double *b, ptrdiff_t b_stride,
                 double *c, ptrdiff_t c_stride, ptrdiff_t rows, ptrdiff_t inner, int n, int adds) {
  for (ptrdiff_t i = 0; i < rows; i += 2) {
    const double *first = a + i * a_stride;
    // The last row alone is computed twice.
    const double *second = i + 1 < rows ? first + a_stride : first;
    vector x[10], y[10];
    UNROLL for (int j = 0; j < n; j++) x[j] = y[j] = (vector){0};
    ptrdiff_t k = 0;
    for (; k + 8 <= inner; k += 8) {
      vector p = load(first + k), q = load(second + k);
      UNROLL for (int j = 0; j < n; j++) {
        vector column = load(b + j * b_stride + k);
        x[j] += p * column;
        y[j] += q * column;
      }
    }
    double *out = c + i * c_stride;
    double *next = i + 1 < rows ? out + c_stride : out;
    UNROLL for (int j = 0; j < n; j++) {
      double u = total(x[j]), v = total(y[j]);
      for (ptrdiff_t rest = k; rest < inner; rest++) {
        u += first[rest] * b[j * b_stride + rest];
        v += second[rest] * b[j * b_stride + rest];
      }
      out[j] = adds ? out[j] + u : u;
      if (next != out) next[j] = adds ? next[j] + v : v;
    }
  }
}

CLONES void nabla_product_dots(const double *a, ptrdiff_t a_stride, const double *b,
                               ptrdiff_t b_stride, double *c, ptrdiff_t c_stride, ptrdiff_t rows,
                               ptrdiff_t inner, int columns, int adds) {
  switch (columns) {
#define CASE(n) \
  case n: dots(a, a_stride, b, b_stride, c, c_stride, rows, inner, n, adds); return;
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10)
#undef CASE
  }
}

// MARK: A long axis times n factors a step, summed up along the inner axis

// c[i, j] = sum of a[k, i] * b[k, j]: i is contiguous in a; b stands row by row of n.
INLINE void sums(const double *a, ptrdiff_t a_stride, const double *b, double *c,
                 ptrdiff_t c_step, ptrdiff_t c_stride, ptrdiff_t rows, ptrdiff_t inner, int n,
                 int adds) {
  ptrdiff_t i = 0;
  for (; i + 16 <= rows; i += 16) {
    vector x[10], y[10];
    UNROLL for (int j = 0; j < n; j++) x[j] = y[j] = (vector){0};
    for (ptrdiff_t k = 0; k < inner; k++) {
      vector p = load(a + k * a_stride + i), q = load(a + k * a_stride + i + 8);
      UNROLL for (int j = 0; j < n; j++) {
        x[j] += p * b[k * n + j];
        y[j] += q * b[k * n + j];
      }
    }
    UNROLL for (int j = 0; j < n; j++) {
      for (int lane = 0; lane < 8; lane++) {
        double *out = c + (i + lane) * c_step + j * c_stride;
        *out = adds ? *out + x[j][lane] : x[j][lane];
        out += 8 * c_step;
        *out = adds ? *out + y[j][lane] : y[j][lane];
      }
    }
  }
  for (; i < rows; i++) {
    double x[10];
    UNROLL for (int j = 0; j < n; j++) x[j] = 0;
    for (ptrdiff_t k = 0; k < inner; k++) {
      double p = a[k * a_stride + i];
      UNROLL for (int j = 0; j < n; j++) x[j] += p * b[k * n + j];
    }
    UNROLL for (int j = 0; j < n; j++) {
      double *out = c + i * c_step + j * c_stride;
      *out = adds ? *out + x[j] : x[j];
    }
  }
}

CLONES void nabla_product_sums(const double *a, ptrdiff_t a_stride, const double *b, double *c,
                               ptrdiff_t c_step, ptrdiff_t c_stride, ptrdiff_t rows,
                               ptrdiff_t inner, int columns, int adds) {
  switch (columns) {
#define CASE(n) \
  case n: sums(a, a_stride, b, c, c_step, c_stride, rows, inner, n, adds); return;
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10)
#undef CASE
  }
}

// MARK: A short inner axis

// a[i, k] at steps of `a_row` and `a_column`; b stands row by row.
INLINE void outers(const double *a, ptrdiff_t a_row, ptrdiff_t a_column, const double *b,
                   ptrdiff_t b_stride, double *c, ptrdiff_t c_stride, ptrdiff_t rows, int inner,
                   ptrdiff_t columns, int adds) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    double factors[8];
    UNROLL for (int k = 0; k < inner; k++) factors[k] = a[i * a_row + k * a_column];
    double *out = c + i * c_stride;
    ptrdiff_t j = 0;
    for (; j + 8 <= columns; j += 8) {
      vector sum = factors[0] * load(b + j);
      UNROLL for (int k = 1; k < inner; k++) sum += factors[k] * load(b + k * b_stride + j);
      if (adds) sum += load(out + j);
      *(vector *)(out + j) = sum;
    }
    for (; j < columns; j++) {
      double sum = 0;
      UNROLL for (int k = 0; k < inner; k++) sum += factors[k] * b[k * b_stride + j];
      out[j] = adds ? out[j] + sum : sum;
    }
  }
}

CLONES void nabla_product_outers(const double *a, ptrdiff_t a_row, ptrdiff_t a_column,
                                 const double *b, ptrdiff_t b_stride, double *c,
                                 ptrdiff_t c_stride, ptrdiff_t rows, int inner, ptrdiff_t columns,
                                 int adds) {
  switch (inner) {
#define CASE(n) \
  case n: outers(a, a_row, a_column, b, b_stride, c, c_stride, rows, n, columns, adds); return;
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
  }
}
