# The board's esp module, as far as there is something behind it here.
import _profile


def osdebug(uart, level=None):
    pass  # the virtual chip's system has nothing to say


def flash_size():
    return _profile.flash


def flash_user_start():
    return _profile.user_flash


if _profile.platform == "esp8266":
    SLEEP_NONE = 0
    SLEEP_LIGHT = 1
    SLEEP_MODEM = 2
    _sleep = SLEEP_MODEM

    def sleep_type(kind=None):
        global _sleep
        if kind is None:
            return _sleep
        _sleep = kind

    def flash_id():
        return 0x1640EF  # a W25Q32

    def check_fw():
        return True

    def freemem():
        import gc

        return gc.mem_free()

    def deepsleep(us=0, option=0):
        import machine

        machine.deepsleep(us // 1000)

else:
    LOG_NONE = 0
    LOG_ERROR = 1
    LOG_WARNING = 2
    LOG_INFO = 3
    LOG_DEBUG = 4
    LOG_VERBOSE = 5
