#include <math.h>
#include <string.h>

#include "loops.h"

// How many steps of `stride` starting at `first` stay below 0, and how many below `end`: the outputs
// whose window entry lies before the image, and those before its end.
static ptrdiff_t steps_below(ptrdiff_t first, ptrdiff_t end, ptrdiff_t stride, ptrdiff_t most) {
  if (first >= end) return 0;
  ptrdiff_t count = (end - first + stride - 1) / stride;
  return count < most ? count : most;
}

void nabla_im2col(const double *image, double *columns, const nabla_window *w, ptrdiff_t first,
                  ptrdiff_t rows) {
  const ptrdiff_t width = w->out_width;
  for (ptrdiff_t c = 0; c < w->channels; c++) {
    const double *plane = image + c * w->height * w->width;
    for (ptrdiff_t i = 0; i < w->kernel_height; i++) {
      for (ptrdiff_t j = 0; j < w->kernel_width; j++) {
        const ptrdiff_t start = j - w->pad_columns;
        const ptrdiff_t before = steps_below(start, 0, w->stride_columns, width);
        const ptrdiff_t inside = steps_below(start, w->width, w->stride_columns, width);
        for (ptrdiff_t row = first; row < first + rows; row++, columns += width) {
          const ptrdiff_t y = row * w->stride_rows - w->pad_rows + i;
          if (y < 0 || y >= w->height) {
            memset(columns, 0, (size_t)width * sizeof(double));
            continue;
          }
          const double *line = plane + y * w->width;
          for (ptrdiff_t k = 0; k < before; k++) columns[k] = 0;
          if (w->stride_columns == 1) {
            if (inside > before)
              memcpy(columns + before, line + start + before,
                     (size_t)(inside - before) * sizeof(double));
          } else {
            for (ptrdiff_t k = before; k < inside; k++)
              columns[k] = line[start + k * w->stride_columns];
          }
          for (ptrdiff_t k = inside; k < width; k++) columns[k] = 0;
        }
      }
    }
  }
}

CLONES void nabla_col2im(const double *columns, double *image, const nabla_window *w,
                         ptrdiff_t first, ptrdiff_t rows) {
  const ptrdiff_t width = w->out_width;
  for (ptrdiff_t c = 0; c < w->channels; c++) {
    double *plane = image + c * w->height * w->width;
    for (ptrdiff_t i = 0; i < w->kernel_height; i++) {
      for (ptrdiff_t j = 0; j < w->kernel_width; j++) {
        const ptrdiff_t start = j - w->pad_columns;
        const ptrdiff_t before = steps_below(start, 0, w->stride_columns, width);
        const ptrdiff_t inside = steps_below(start, w->width, w->stride_columns, width);
        for (ptrdiff_t row = first; row < first + rows; row++, columns += width) {
          const ptrdiff_t y = row * w->stride_rows - w->pad_rows + i;
          if (y < 0 || y >= w->height) continue;
          double *line = plane + y * w->width + start;
          if (w->stride_columns == 1) {
            INDEPENDENT for (ptrdiff_t k = before; k < inside; k++) line[k] += columns[k];
          } else {
            for (ptrdiff_t k = before; k < inside; k++)
              line[k * w->stride_columns] += columns[k];
          }
        }
      }
    }
  }
}

// Inlined for each size of the window that is worth a loop of its own.
static inline __attribute__((always_inline)) void max_pool(
    const double *image, ptrdiff_t *places, const nabla_window *w, ptrdiff_t offset,
    ptrdiff_t out_height, ptrdiff_t kernel_height, ptrdiff_t kernel_width) {
  for (ptrdiff_t c = 0; c < w->channels; c++) {
    const ptrdiff_t plane = c * w->height * w->width;
    for (ptrdiff_t row = 0; row < out_height; row++) {
      for (ptrdiff_t column = 0; column < w->out_width; column++) {
        const ptrdiff_t corner =
            plane + row * w->stride_rows * w->width + column * w->stride_columns;
        ptrdiff_t best = corner;
        double value = image[corner];
        for (ptrdiff_t i = 0; i < kernel_height; i++) {
          for (ptrdiff_t j = 0; j < kernel_width; j++) {
            const ptrdiff_t place = corner + i * w->width + j;
            const double entry = image[place];
            // The first of equals; the first nan beats all.
            const int wins = (entry > value) | ((entry != entry) & (value == value));
            best = wins ? place : best;
            value = wins ? entry : value;
          }
        }
        *places++ = offset + best;
      }
    }
  }
}

void nabla_max_pool(const double *image, ptrdiff_t *places, const nabla_window *w,
                    ptrdiff_t offset, ptrdiff_t out_height) {
  if (w->kernel_height == 2 && w->kernel_width == 2) {
    max_pool(image, places, w, offset, out_height, 2, 2);
  } else {
    max_pool(image, places, w, offset, out_height, w->kernel_height, w->kernel_width);
  }
}

void nabla_gather(const double *x, const ptrdiff_t *places, double *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = x[places[i]];
}

void nabla_scatter_add(const double *x, const ptrdiff_t *places, double *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[places[i]] += x[i];
}
