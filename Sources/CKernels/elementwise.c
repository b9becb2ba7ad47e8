#include <math.h>

#include "loops.h"

UNARY(negative, -a)
UNARY(square, a * a)
UNARY(reciprocal, 1 / a)
UNARY(sqrt, sqrt(a))
UNARY(abs, fabs(a))
// 0 keeps its sign, and nan stays nan.
UNARY(sign, a > 0 ? 1 : a < 0 ? -1 : a)
UNARY(relu, a <= 0 ? 0 : a)

// The vector library's versions.
UNARY(exp, exp(a))
UNARY(log, log(a))
UNARY(sin, sin(a))
UNARY(cos, cos(a))

BINARY(add, a + b)
BINARY(subtract, a - b)
BINARY(multiply, a * b)
BINARY(divide, a / b)
// Upstream times local gradient: an upstream of exactly 0 gives 0, whatever the slope.
// Adding 0 makes 0 of -0, so that no gradient is shown as -0.
BINARY(chain, a == 0 ? 0 : a * b + 0.0)
// The first of equals, and nan where either is.
BINARY(maximum, a >= b || a != a ? a : b)
BINARY(minimum, a <= b || a != a ? a : b)

BINARY(less, a < b ? 1 : 0)
BINARY(less_equal, a <= b ? 1 : 0)
BINARY(greater, a > b ? 1 : 0)
BINARY(greater_equal, a >= b ? 1 : 0)
BINARY(equal, a == b ? 1 : 0)
BINARY(not_equal, a != b ? 1 : 0)
