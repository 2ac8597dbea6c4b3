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
// A checkpoint is a fork: the process waits as it was at its prompt, and a child of it
// goes on. A rollback, SIGUSR1, ends the child and starts another.
//
//   runs --SIGUSR2 at the prompt--> waits          waits --SIGUSR1--> child killed
//                                   child runs                       new child runs
//
// Functions whose names begin with __wrap_ take the place of the port's (ld --wrap).

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "py/mphal.h"
#include "py/objlist.h"
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

static volatile sig_atomic_t wants_checkpoint;

static void want_checkpoint(int signal) {
    (void)signal;
    wants_checkpoint = 1;
}

static void catch_checkpoints(void) {
    struct sigaction action = { .sa_handler = want_checkpoint };
    sigaction(SIGUSR2, &action, NULL);
}

// end_like ends this process as its child has ended.
static NORETURN void end_like(int status) {
    if (WIFSIGNALED(status)) {
        sigset_t none;
        sigemptyset(&none);
        signal(WTERMSIG(status), SIG_DFL);
        sigprocmask(SIG_SETMASK, &none, NULL);
        raise(WTERMSIG(status));
    }
    _exit(WEXITSTATUS(status));
}

// await_rollback returns when the child is to be replaced; it has ended then, and
// what was under way on the wire is gone.
static void await_rollback(pid_t child, const sigset_t *signals, const struct termios *tty) {
    for (;;) {
        int signal = sigwaitinfo(signals, NULL), status;
        if (signal == SIGUSR1) {
            kill(child, SIGKILL);
            waitpid(child, NULL, 0);
            tcsetattr(STDIN_FILENO, TCSANOW, tty);
            tcflush(STDIN_FILENO, TCIOFLUSH);
            return;
        }
        if (signal == SIGCHLD && waitpid(child, &status, WNOHANG) == child) {
            end_like(status);
        }
    }
}

// checkpoint returns in a child, once for each time that the board goes on from
// here, and has then said so in the host's ear: package unix takes it off the wire.
static void checkpoint(void) {
    sigset_t signals, before;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGCHLD);
    struct termios tty;
    tcgetattr(STDIN_FILENO, &tty);
    sigprocmask(SIG_BLOCK, &signals, &before);
    signal(SIGINT, SIG_IGN); // the terminal sends it to those who wait as well
    signal(SIGUSR2, SIG_IGN);
    pid_t waits = getpid();
    for (;;) {
        pid_t child = fork();
        if (child == 0) {
            break;
        }
        if (child < 0) {
            _exit(1); // this machine has no room for another process
        }
        await_rollback(child, &signals, &tty);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != waits) {
        _exit(1);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    catch_interrupts();
    wants_checkpoint = 0;
    catch_checkpoints();
    char text[64];
    int size = snprintf(text, sizeof(text), "%cespy %d %d%c", 0, (int)waits, (int)getpid(), 0);
    for (int done = 0, n; done < size; done += n) {
        n = write(STDOUT_FILENO, text + done, size - done);
        if (n < 0) {
            _exit(1);
        }
    }
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
        if (wants_checkpoint) {
            checkpoint();
        }
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

// The flash is the port's VfsPosix with a folder as its root, all but for what that
// gets wrong where its root is not the machine's own, up to MicroPython 1.25 at
// least: rename puts both paths into one buffer, and renames the new name to itself;
// getcwd gives the root no name; import looks for what is in the current folder in
// the root.
typedef struct {
    mp_obj_base_t base;
    mp_obj_t posix;
    const char *folder;
} flash_t;

// in_folder gives the machine's own path of a path on the flash.
static void in_folder(flash_t *flash, mp_obj_t path_in, char *path) {
    const char *name = mp_obj_str_get_str(path_in);
    if (snprintf(path, PATH_MAX, "%s%s", name[0] == '/' ? flash->folder : "", name) >= PATH_MAX) {
        mp_raise_OSError(ENAMETOOLONG);
    }
}

static mp_obj_t flash_rename(mp_obj_t self_in, mp_obj_t from_in, mp_obj_t to_in) {
    static char from[PATH_MAX], to[PATH_MAX];
    in_folder(MP_OBJ_TO_PTR(self_in), from_in, from);
    in_folder(MP_OBJ_TO_PTR(self_in), to_in, to);
    if (rename(from, to) != 0) {
        mp_raise_OSError(errno);
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_3(flash_rename_obj, flash_rename);

static mp_obj_t flash_getcwd(mp_obj_t self_in) {
    mp_obj_t method[2];
    mp_load_method(((flash_t *)MP_OBJ_TO_PTR(self_in))->posix, MP_QSTR_getcwd, method);
    mp_obj_t name = mp_call_method_n_kw(0, 0, method);
    return mp_obj_is_true(name) ? name : MP_OBJ_NEW_QSTR(MP_QSTR__slash_);
}
static MP_DEFINE_CONST_FUN_OBJ_1(flash_getcwd_obj, flash_getcwd);

static void flash_attr(mp_obj_t self_in, qstr name, mp_obj_t *dest) {
    flash_t *flash = MP_OBJ_TO_PTR(self_in);
    if (dest[0] != MP_OBJ_NULL) {
        return; // nothing of it can be set
    }
    if (name == MP_QSTR_rename) {
        dest[0] = MP_OBJ_FROM_PTR(&flash_rename_obj);
        dest[1] = self_in;
    } else if (name == MP_QSTR_getcwd) {
        dest[0] = MP_OBJ_FROM_PTR(&flash_getcwd_obj);
        dest[1] = self_in;
    } else {
        mp_load_method_maybe(flash->posix, name, dest);
    }
}

static mp_import_stat_t flash_import_stat(void *self_in, const char *path) {
    if (path[0] != '/') {
        struct stat is;
        if (stat(path, &is) != 0) {
            return MP_IMPORT_STAT_NO_EXIST;
        }
        return S_ISDIR(is.st_mode) ? MP_IMPORT_STAT_DIR : MP_IMPORT_STAT_FILE;
    }
    const mp_vfs_proto_t *posix = MP_OBJ_TYPE_GET_SLOT(&mp_type_vfs_posix, protocol);
    return posix->import_stat(MP_OBJ_TO_PTR(((flash_t *)self_in)->posix), path);
}

static const mp_vfs_proto_t flash_protocol = { .import_stat = flash_import_stat };

static MP_DEFINE_CONST_OBJ_TYPE(flash_type, MP_QSTR_VfsPosix, MP_TYPE_FLAG_NONE,
    attr, flash_attr, protocol, &flash_protocol);

static void mount_flash(mp_obj_t folder) {
    mp_obj_t root = MP_OBJ_NEW_QSTR(MP_QSTR__slash_);
    mp_vfs_umount(root);
    flash_t *flash = mp_obj_malloc(flash_t, &flash_type);
    flash->posix = MP_OBJ_TYPE_GET_SLOT(&mp_type_vfs_posix, make_new)(&mp_type_vfs_posix, 1, 0, &folder);
    flash->folder = strdup(mp_obj_str_get_str(folder));
    mp_obj_t args[] = { MP_OBJ_FROM_PTR(flash), root };
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
    closefrom(STDERR_FILENO + 1); // what the host's own caller has left open
    mount_flash(folder);
    mp_obj_list_init(MP_OBJ_TO_PTR(mp_sys_argv), 0); // a board has no command line
    catch_interrupts();
    catch_checkpoints();
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
