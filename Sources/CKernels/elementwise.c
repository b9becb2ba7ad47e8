#include "nabla_kernels.h"
