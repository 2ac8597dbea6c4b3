// A process of MicroPython's unix port as a board: the boards' REPL on a terminal
// that stands for the UART, boot.py and main.py, interrupts and resets.
//
//   host --pty--> terminal --0x03, while a program runs--> SIGINT --> scheduled
//                          --all else--> mp_hal_stdin_rx_chr --> pyexec, programs
//
// The terminal is raw, but while a program may be interrupted its line discipline
// looks for the interrupt character, as the UART's interrupt handler does on a
// board. A soft reset executes the interpreter anew in the same process, on the
// same terminal.
//
// Functions whose names begin with __wrap_ take the place of the port's (ld --wrap).

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#include "py/mphal.h"
#include "py/runtime.h"
#include "extmod/vfs.h"
#include "extmod/vfs_posix.h"
#include "shared/runtime/pyexec.h"

extern char **environ;

// What the next interpreter must know after a soft reset: the REPL's mode.
#define MODE "ESPY_REPL_MODE"

static char **arguments; // of the process, for the next interpreter
static bool powered;     // board_run has begun

__attribute__((constructor)) static void keep_arguments(int argc, char **argv) {
    (void)argc;
    arguments = argv;
}

// An interrupt that comes between MicroPython's last look at what is pending and a
// system call that blocks would wait as long as the call does. So it is followed by
// further signals, which end such calls, until it has been raised.
static void remind(suseconds_t microseconds) {
    struct itimerval once = { .it_value = { .tv_usec = microseconds } };
    setitimer(ITIMER_REAL, &once, NULL);
}

static void interrupt(int signal) {
    int saved = errno;
    if (signal == SIGINT) {
        mp_sched_keyboard_interrupt();
    }
    if (MP_STATE_MAIN_THREAD(mp_pending_exception) != MP_OBJ_NULL) {
        remind(2000);
    }
    errno = saved;
}

static void catch_interrupts(void) {
    struct sigaction action = { .sa_handler = interrupt }; // no SA_RESTART: calls are to end
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
}

// c is the character that interrupts, or -1 for none.
void __wrap_mp_hal_set_interrupt_char(char c) {
    if (!powered) {
        return; // the port's own start must not be interrupted
    }
    struct termios tty;
    if (tcgetattr(STDIN_FILENO, &tty) == 0) {
        bool on = c != (char)-1;
        tty.c_lflag = on ? ISIG | NOFLSH : 0; // a flush would lose bytes on the wire
        tty.c_cc[VINTR] = on ? c : _POSIX_VDISABLE;
        tty.c_cc[VQUIT] = tty.c_cc[VSUSP] = _POSIX_VDISABLE;
        tcsetattr(STDIN_FILENO, TCSANOW, &tty);
    }
    remind(0);
}

// The terminal is raw already.
void __wrap_mp_hal_stdio_mode_raw(void) {
}

void __wrap_mp_hal_stdio_mode_orig(void) {
}

int __wrap_mp_hal_stdin_rx_chr(void) {
    unsigned char c;
    for (;;) {
        ssize_t n = read(STDIN_FILENO, &c, 1);
        if (n == 1) {
            return c;
        }
        if (n == 0 || errno != EINTR) {
            _exit(0); // the other end of the wire is gone, and with it all that could come
        }
        mp_handle_pending(true);
    }
}

static void mount_flash(mp_obj_t folder) {
    mp_obj_t root = MP_OBJ_NEW_QSTR(MP_QSTR__slash_);
    mp_vfs_umount(root);
    mp_obj_t args[] = { MP_OBJ_TYPE_GET_SLOT(&mp_type_vfs_posix, make_new)(&mp_type_vfs_posix, 1, 0, &folder), root };
    mp_vfs_mount(2, args, (mp_map_t *)&mp_const_empty_map);
    mp_vfs_chdir(root);
}

static NORETURN void soft_reset(void) {
    mp_hal_stdout_tx_str("MPY: soft reboot\r\n");
    remind(0);
    setenv(MODE, pyexec_mode_kind == PYEXEC_MODE_RAW_REPL ? "raw" : "friendly", 1);
    closefrom(STDERR_FILENO + 1); // sockets and files end with the interpreter
    execve("/proc/self/exe", arguments, environ);
    _exit(1);
}

// run is the board from its start to its end, with its flash in a folder.
static mp_obj_t board_run(mp_obj_t folder) {
    mount_flash(folder);
    catch_interrupts();
    powered = true;
    mp_hal_set_interrupt_char(-1);
    const char *mode = getenv(MODE);
    if (mode != NULL && strcmp(mode, "raw") == 0) {
        pyexec_mode_kind = PYEXEC_MODE_RAW_REPL;
    }
    int ended = pyexec_file_if_exists("boot.py");
    if (!(ended & PYEXEC_FORCED_EXIT) && pyexec_mode_kind == PYEXEC_MODE_FRIENDLY_REPL) {
        ended = pyexec_file_if_exists("main.py");
    }
    while (!(ended & PYEXEC_FORCED_EXIT)) {
        ended = pyexec_mode_kind == PYEXEC_MODE_RAW_REPL ? pyexec_raw_repl() : pyexec_friendly_repl();
    }
    soft_reset();
}
static MP_DEFINE_CONST_FUN_OBJ_1(board_run_obj, board_run);

static const mp_rom_map_elem_t board_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__board) },
    { MP_ROM_QSTR(MP_QSTR_run), MP_ROM_PTR(&board_run_obj) },
};
static MP_DEFINE_CONST_DICT(board_globals, board_table);

const mp_obj_module_t board_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&board_globals,
};

MP_REGISTER_MODULE(MP_QSTR__board, board_module);
