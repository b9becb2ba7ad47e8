#pragma once

/// Multiplies parts of row-major matrices by OpenBLAS: c (rows × columns) = a (rows × inner) @ b,
/// added to what stands in c when `adds` is not 0. The strides are the row lengths of the whole
/// matrices. Opens the library at the first call, so that a process that multiplies nothing large
/// does not pay for it. Returns 0, or -1 where the library cannot be opened.
int nabla_dgemm(const double *a, int a_stride, const double *b, int b_stride, double *c,
                int c_stride, int rows, int inner, int columns, int adds);

/// A function of OpenBLAS or its LAPACK by its Fortran name; null where there is none.
void *nabla_blas_symbol(const char *name);
