#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

static void *library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// The thread count is set to 1: products of several threads are split by us, where that pays.
static void open_library(void) {
  library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) library = dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
}

void *nabla_blas_symbol(const char *name) {
  pthread_once(&once, open_library);
  return library ? dlsym(library, name) : NULL;
}

typedef void (*dgemm_function)(const char *, const char *, const int *, const int *, const int *,
                               const double *, const double *, const int *, const double *,
                               const int *, const double *, double *, const int *);

int nabla_dgemm(const double *a, int a_stride, const double *b, int b_stride, double *c,
                int c_stride, int rows, int inner, int columns, int adds) {
  static dgemm_function dgemm;
  if (!dgemm) {
    dgemm = (dgemm_function)nabla_blas_symbol("dgemm_");
    if (!dgemm) return -1;
  }
  const double one = 1, beta = adds ? 1 : 0;
  // Row-major c = a b is column-major cᵀ = bᵀ aᵀ.
  const int lda = a_stride > 1 ? a_stride : 1, ldb = b_stride > 1 ? b_stride : 1,
            ldc = c_stride > 1 ? c_stride : 1;
  dgemm("N", "N", &columns, &rows, &inner, &one, b, &ldb, a, &lda, &beta, c, &ldc);
  return 0;
}
