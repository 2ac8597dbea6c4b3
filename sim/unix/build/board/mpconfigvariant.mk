# The boards' REPL, which the unix port leaves out up to MicroPython 1.26.
SHARED_SRC_C_EXTRA += runtime/pyexec.c

# board.c puts a board's terminal in the place of the port's.
BOARD_OWN = mp_hal_set_interrupt_char mp_hal_stdin_rx_chr mp_hal_stdio_mode_raw mp_hal_stdio_mode_orig
LDFLAGS += $(addprefix -Wl$(comma)--wrap=,$(BOARD_OWN))
comma := ,

# What boards of this size have not.
MICROPY_PY_THREAD = 0
MICROPY_PY_TERMIOS = 0
MICROPY_PY_BTREE = 0
MICROPY_PY_FFI = 0

FROZEN_MANIFEST ?= $(VARIANT_DIR)/manifest.py
