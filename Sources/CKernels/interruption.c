#include <stddef.h>

#include "nabla_kernels.h"

static _Thread_local void *interruption = NULL;

void *nabla_thread_interruption(void) { return interruption; }
void nabla_set_thread_interruption(void *value) { interruption = value; }
