#pragma once

/// Multiplies row-major matrices by OpenBLAS: c (rows × columns) = a (rows × inner) @ b.
/// Opens the library at the first call, so that a process that multiplies nothing large does not
/// pay for it. Returns 0, or -1 where the library cannot be opened.
int nabla_dgemm(const double *a, const double *b, double *c, int rows, int inner, int columns);

/// A function of OpenBLAS or its LAPACK by its Fortran name; null where there is none.
void *nabla_blas_symbol(const char *name);
