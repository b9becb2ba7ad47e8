#include <math.h>
#include <stdint.h>
#include <string.h>

#include "loops.h"

// Functions without branches, so that the loops over them vectorise. Each reduces its argument to a
// small range and evaluates one polynomial there; selects at the end set what the reduction loses.
// The coefficients of expm1 and log1p are those of the series; those of erf were fitted at
// Chebyshev points, with an error below a tenth of a unit in the last place.

#define INLINE static inline __attribute__((always_inline))

INLINE uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

INLINE double from_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// A polynomial. The even and odd terms above the constant are two chains, which run side by side;
// the constant comes last, so that one rounding is all that it suffers.
INLINE double evaluate(const double *coefficients, int degree, double x) {
  double square = x * x;
  double first = coefficients[degree], second = coefficients[degree - 1];
  _Pragma("clang loop unroll(full)") for (int k = degree - 2; k >= 1; k -= 2) {
    first = first * square + coefficients[k];
    if (k > 1) second = second * square + coefficients[k - 1];
  }
  double rest = degree % 2 == 1 ? first + x * second : second + x * first;
  return coefficients[0] + x * rest;
}

#define EVALUATE(table, x) evaluate(table, sizeof(table) / sizeof(double) - 1, x)

// MARK: Exponentials

// Adding it rounds to an integer, which then stands in the lowest bits.
static const double SHIFT = 0x1.8p52;
static const double INVERSE_LN2 = 0x1.71547652b82fep+0;
// ln 2 in two parts; the first has 40 bits, so that its products with exponents are exact.
static const double LN2_HIGH = 0x1.62e42fefa2000p-1;
static const double LN2_LOW = 0x1.9ef35793c7673p-41;

// 2 to an integer from -1022 to 1023.
INLINE double power_of_two(double n) { return from_bits((bits_of(n + SHIFT) + 1023) << 52); }

// (exp(r) - 1 - r) / r**2: 1/2!, 1/3!, and so on.
static const double EXPONENTIAL[] = {
    0x1.0000000000000p-1, 0x1.5555555555555p-3, 0x1.5555555555555p-5, 0x1.1111111111111p-7,
    0x1.6c16c16c16c17p-10, 0x1.a01a01a01a01ap-13, 0x1.a01a01a01a01ap-16, 0x1.71de3a556c734p-19,
    0x1.27e4fb7789f5cp-22, 0x1.ae64567f544e4p-26, 0x1.1eed8eff8d898p-29, 0x1.6124613a86d09p-33};
// factor * exp(high + low), for a sum from -746 to 709.
INLINE double exponential(double factor, double high, double low) {
  double n = (high * INVERSE_LN2 + SHIFT) - SHIFT;
  double r = (high - n * LN2_HIGH) - (n * LN2_LOW - low);
  double y = factor + factor * (r + r * r * EVALUATE(EXPONENTIAL, r));
  // In two steps, so that results below the normal range are rounded once.
  double half = (n * 0.5 + SHIFT) - SHIFT;
  return y * power_of_two(half) * power_of_two(n - half);
}

INLINE double minus_one_exponential(double x) {
  double clamped = x > 710 ? 710 : x < -40 ? -40 : x;
  double n = (clamped * INVERSE_LN2 + SHIFT) - SHIFT;
  double r = (clamped - n * LN2_HIGH) - n * LN2_LOW;
  double p = r + r * r * EVALUATE(EXPONENTIAL, r);
  // Half of it first: 2**1024 is no number.
  double scale = power_of_two(n - 1);
  double y = 2 * (scale * p + (scale - 0.5));
  return fabs(x) < 0x1p-54 ? x : y;
}

INLINE double hyperbolic_tangent(double x) {
  double a = fabs(x);
  double e = minus_one_exponential(2 * (a > 22 ? 22 : a));
  return copysign(e / (e + 2), x);
}

INLINE double logistic(double x) {
  double a = fabs(x);
  double z = exponential(1, -(a > 746 ? 746 : a), 0);
  return (x >= 0 ? 1 : z) / (1 + z);
}

UNARY(expm1, minus_one_exponential(a))
UNARY(tanh, hyperbolic_tangent(a))
UNARY(sigmoid, logistic(a))

// MARK: log(1 + x)

// 2 * (atanh(s) / s - 1) / s**2: 2/3, 2/5, and so on.
static const double LOGARITHM[] = {
    0x1.5555555555555p-1, 0x1.999999999999ap-2, 0x1.2492492492492p-2, 0x1.c71c71c71c71cp-3,
    0x1.745d1745d1746p-3, 0x1.3b13b13b13b14p-3, 0x1.1111111111111p-3, 0x1.e1e1e1e1e1e1ep-4,
    0x1.af286bca1af28p-4, 0x1.8618618618618p-4, 0x1.642c8590b2164p-4};
INLINE double log_one_plus(double x) {
  // 1 + x = 2**k (1 + f) with 1 + f from sqrt(1/2) to sqrt(2); near 0, f is x itself.
  double u = 1 + x;
  double lost = x >= 1 ? 1 - (u - x) : x - (u - 1);
  uint64_t moved = bits_of(u) + (0x3ff0000000000000 - 0x3fe6a09e667f3bcd);
  // The exponent as a number, by way of the bits of 2**52 + exponent.
  double k = from_bits(0x4330000000000000 | (moved >> 52)) - 0x1p52 - 1023;
  double f = from_bits((moved & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd) - 1;
  double c = lost / u;
  int is_near = x > -0.29 && x < 0.41;
  f = is_near ? x : f;
  k = is_near ? 0 : k;
  c = is_near ? 0 : c;
  double s = f / (2 + f);
  double z = s * s;
  double rest = z * EVALUATE(LOGARITHM, z);
  double half = 0.5 * f * f;
  double y = k * LN2_HIGH - ((half - (s * (half + rest) + (k * LN2_LOW + c))) - f);
  y = fabs(x) < 0x1p-54 ? x : y;
  y = x == INFINITY ? x : y;
  y = x == -1 ? -INFINITY : y;
  return x < -1 || x != x ? NAN : y;
}

UNARY(log1p, log_one_plus(a))

// MARK: The error function

// The upper half of the digits: its square is exact.
INLINE double upper_half(double x) { return from_bits(bits_of(x) & 0xfffffffff8000000); }

// erf(x) / x by powers of x**2, for x up to 1.
static const double ERROR[] = {
    0x1.20dd750429b6dp+0, -0x1.812746b0379e6p-2, 0x1.ce2f21a042b32p-4, -0x1.b82ce31284e9cp-6,
    0x1.565bcd0dbc1adp-8, -0x1.c02db3db06d60p-11, 0x1.f9a321dd3898cp-14, -0x1.f4d1e3a67dc3ep-17,
    0x1.b9df2954a9147p-20, -0x1.5f1f0634fb062p-23, 0x1.f7b72e5bcd4ffp-27, -0x1.38a4b8db8a7c5p-30,
    0x1.0613987edce0dp-34};
// (1 + x) exp(x**2) erfc(x) by powers of (x - 3.75) / (x + 3.75).
static const double ERROR_TAIL[] = {
    0x1.6212fee9586e8p-1, -0x1.a79726791d142p-3, 0x1.d6351b9255894p-4, -0x1.4cfc268c884b0p-5,
    -0x1.964c5507e5c25p-9, 0x1.333761f87299dp-6, -0x1.1b08f7c015a79p-6, 0x1.4a003abc297dbp-7,
    -0x1.044be4278f554p-8, 0x1.c58868fcff65ap-11, 0x1.2839e4434b915p-14, -0x1.fc0bd8648af47p-14,
    0x1.cf4eb0935ef4cp-16, 0x1.0fce79c4fa4e6p-17, -0x1.66b4424d30fc7p-18, -0x1.518d8f65df224p-23,
    0x1.a2af86b4cd4f8p-21, -0x1.160006d6a3b39p-24, -0x1.d4cee07a04405p-24, 0x1.135c3e7c6aceap-26,
    0x1.df8b745385bd0p-27, -0x1.4b3c756e29cfcp-29, -0x1.3ac6917cab0cfp-30, 0x1.b67d3cbe434e2p-33};
// (1 + x) exp(x**2 / 2) erfc(x / sqrt(2)) by powers of (x - 5) / (x + 5).
static const double NORMAL_TAIL[] = {
    0x1.d8979b0f2b39dp-1, -0x1.76ff86859eb1cp-3, 0x1.fc66cc64a14d7p-5, 0x1.47c1d030561b8p-6,
    -0x1.b08e0007b7aa3p-5, 0x1.92037bab2f2afp-5, -0x1.f11aab02a0ec9p-6, 0x1.ab6d0392975aep-7,
    -0x1.b75f4f9f53605p-9, 0x1.05714fe6aa3dcp-16, 0x1.7e61e616469ecp-12, -0x1.c1b16762e9607p-14,
    -0x1.4c0ed51ca3a96p-16, 0x1.2fff4d2a5194ep-16, -0x1.2e22bc7c12e78p-23, -0x1.5ef72f0c6e0efp-19,
    0x1.129dcbc121f15p-22, 0x1.a58106b360b2cp-22, -0x1.c397f3dca99d6p-25, -0x1.09e034d7b4554p-24,
    0x1.f28ad8daa3556p-28, 0x1.2e7204d6498afp-27, -0x1.364a698813ab4p-31, -0x1.a38dadeae8ad6p-31};
INLINE double error_function(double x) {
  double a = fabs(x);
  double small = a * EVALUATE(ERROR, a * a);
  double b = a > 7 ? 7 : a;
  double upper = upper_half(b);
  double scaled = EVALUATE(ERROR_TAIL, (b - 3.75) / (b + 3.75)) / (1 + b);
  double tail = exponential(scaled, -upper * upper, -(b - upper) * (b + upper));
  return copysign(a < 1 ? small : 1 - tail, x);
}

INLINE double gaussian_unit(double x) {
  double a = fabs(x);
  a = a > 40 ? 40 : a;
  double upper = upper_half(a);
  double divisor = 1 + a;
  double share = a / divisor;
  // What rounding took from the divisor, as a share of it: it goes into the exponent.
  double lost = (a >= 1 ? 1 - (divisor - a) : a - (divisor - 1)) * (1 - share);
  double scaled = EVALUATE(NORMAL_TAIL, (a - 5) / (a + 5)) * share;
  // What the tail of the normal distribution takes away.
  double loss = 0.5 * exponential(
      scaled, -0.5 * upper * upper, -0.5 * (a - upper) * (a + upper) - lost);
  return x >= 0 ? x - loss : -loss;
}

UNARY(erf, error_function(a))
UNARY(gelu, gaussian_unit(a))
