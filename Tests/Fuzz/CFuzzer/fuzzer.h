// What this repository needs of libFuzzer and of AddressSanitizer's allocator.
#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer with the arguments of a command line; calls `test` with each input.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));

/// The bytes of the heap that are in use.
size_t __sanitizer_get_current_allocated_bytes(void);
