#pragma once

/// Multiplies parts of row-major matrices by OpenBLAS: c (rows × columns) = a (rows × inner) @ b,
/// added to what stands in c when `adds` is not 0. A turned operand stands transposed in memory. The
/// strides are the row lengths of the matrices as they stand. Opens the library at the first call,
/// so that a process that multiplies nothing large does not pay for it. Returns 0, or -1 where the
/// library cannot be opened.
int nabla_dgemm(const double *a, int a_stride, int a_turned, const double *b, int b_stride,
                int b_turned, double *c, int c_stride, int rows, int inner, int columns, int adds);

/// Counts calls of the library that go on though nobody waits for them, so that the end of the
/// process does not take the library's memory from under them.
void nabla_note_abandoned(int change);

/// A function of OpenBLAS or its LAPACK by its Fortran name; null where there is none.
void *nabla_blas_symbol(const char *name);
