// What the interpreter of the unix board has: MicroPython's unix port with what
// boards have, and without what only a computer has.

#define MICROPY_CONFIG_ROM_LEVEL (MICROPY_CONFIG_ROM_LEVEL_EXTRA_FEATURES)

#include "ports/unix/variants/mpconfigvariant_common.h"

// An interrupt raised in the signal handler jumps out of whatever runs; where that
// is the allocator, the heap stays locked. Scheduled, it waits for the next bytecode,
// as on a board.
#undef MICROPY_ASYNC_KBD_INTR
#define MICROPY_ASYNC_KBD_INTR (0)

// A board has no shell and no environment.
#undef MICROPY_PY_OS_SYSTEM
#define MICROPY_PY_OS_SYSTEM (0)
#undef MICROPY_PY_OS_GETENV_PUTENV_UNSETENV
#define MICROPY_PY_OS_GETENV_PUTENV_UNSETENV (0)

// What a board says that it is.
#ifdef __LP64__
#define MICROPY_BANNER_MACHINE "unix, 64-bit"
#else
#define MICROPY_BANNER_MACHINE "unix, 32-bit"
#endif
