#define _GNU_SOURCE
#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static atomic_int abandoned;

void nabla_note_abandoned(int change) { atomic_fetch_add(&abandoned, change); }

#ifdef __GLIBC__
// The library frees its memory when the process ends, and a call that nobody waits for any more
// would still use it: then the process ends without that.
static void leave(int status, void *unused) {
  (void)unused;
  if (atomic_load(&abandoned) == 0) return;
  fflush(NULL);
  _exit(status);
}
#endif

// The thread count is set to 1: products of several threads are split by us, where that pays.
static void open_library(void) {
  library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) library = dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
#ifdef __GLIBC__
  on_exit(leave, NULL);
#endif
}

void *nabla_blas_symbol(const char *name) {
  pthread_once(&once, open_library);
  return library ? dlsym(library, name) : NULL;
}

typedef void (*dgemm_function)(const char *, const char *, const int *, const int *, const int *,
                               const double *, const double *, const int *, const double *,
                               const int *, const double *, double *, const int *);

typedef void (*dgemv_function)(const char *, const int *, const int *, const double *,
                               const double *, const int *, const double *, const int *,
                               const double *, double *, const int *);

int nabla_dgemm(const double *a, int a_stride, int a_turned, const double *b, int b_stride,
                int b_turned, double *c, int c_stride, int rows, int inner, int columns, int adds) {
  static _Atomic(dgemm_function) loaded_gemm;
  static _Atomic(dgemv_function) loaded_gemv;
  dgemm_function dgemm = loaded_gemm;
  dgemv_function dgemv = loaded_gemv;
  if (!dgemm || !dgemv) {
    dgemm = (dgemm_function)nabla_blas_symbol("dgemm_");
    dgemv = (dgemv_function)nabla_blas_symbol("dgemv_");
    if (!dgemm || !dgemv) return -1;
    loaded_gemm = dgemm;
    loaded_gemv = dgemv;
  }
  const double one = 1, beta = adds ? 1 : 0;
  const int unit = 1;
  // Fortran wants a stride of 1 at least, also where there is nothing to stride over.
  const int lda = a_stride > 1 ? a_stride : 1, ldb = b_stride > 1 ? b_stride : 1,
            ldc = c_stride > 1 ? c_stride : 1;
  // Row-major c = a b is column-major c' = b' a', so an operand is turned where it is not turned.
  if (columns == 1 && c_stride == 1 && (b_stride == 1 || b_turned)) {
    if (a_turned) dgemv("N", &rows, &inner, &one, a, &lda, b, &unit, &beta, c, &unit);
    else dgemv("T", &inner, &rows, &one, a, &lda, b, &unit, &beta, c, &unit);
    return 0;
  }
  if (rows == 1 && (!a_turned || a_stride == 1)) {
    if (b_turned) dgemv("T", &inner, &columns, &one, b, &ldb, a, &unit, &beta, c, &unit);
    else dgemv("N", &columns, &inner, &one, b, &ldb, a, &unit, &beta, c, &unit);
    return 0;
  }
  dgemm(b_turned ? "T" : "N", a_turned ? "T" : "N", &columns, &rows, &inner, &one, b, &ldb, a,
        &lda, &beta, c, &ldc);
  return 0;
}
