#include <math.h>

#include "loops.h"

// One pass over parameters, gradients and state for each step of an optimiser. The gradient of the
// penalty decay/2 · p² is added first.

CLONES void nabla_step_sgd(double *p, const double *g, double rate, double decay,
                           ptrdiff_t count) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) p[i] -= rate * (g[i] + decay * p[i]);
}

CLONES void nabla_step_momentum(double *p, const double *g, double *v, double rate, double mu,
                                double decay, ptrdiff_t count) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
    v[i] = mu * v[i] - rate * (g[i] + decay * p[i]);
    p[i] += v[i];
  }
}

CLONES void nabla_step_nesterov(double *p, const double *g, double *v, double rate, double mu,
                                double decay, ptrdiff_t count) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
    double before = v[i];
    v[i] = mu * before - rate * (g[i] + decay * p[i]);
    p[i] += (1 + mu) * v[i] - mu * before;
  }
}

CLONES void nabla_step_rmsprop(double *p, const double *g, double *s, double rate, double keep,
                               double eps, double decay, ptrdiff_t count) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
    double slope = g[i] + decay * p[i];
    s[i] = keep * s[i] + (1 - keep) * slope * slope;
    p[i] -= rate * slope / (sqrt(s[i]) + eps);
  }
}

CLONES void nabla_step_adam(double *p, const double *g, double *m, double *v, double rate,
                            double beta1, double beta2, double eps, double correction1,
                            double correction2, double decay, ptrdiff_t count) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
    double slope = g[i] + decay * p[i];
    m[i] = beta1 * m[i] + (1 - beta1) * slope;
    v[i] = beta2 * v[i] + (1 - beta2) * slope * slope;
    p[i] -= rate * (m[i] / correction1) / (sqrt(v[i] / correction2) + eps);
  }
}
