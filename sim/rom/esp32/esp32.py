# The board's esp32 module, as far as there is something behind it here.
import _profile

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True
HEAP_DATA = 4
HEAP_EXEC = 1

if _profile.build == "ESP32_GENERIC":

    def raw_temperature():
        return 128  # degrees Fahrenheit, of a chip at work

else:

    def mcu_temperature():
        return 53


def idf_heap_info(capabilities):
    import gc

    free = gc.mem_free()
    return [(free + gc.mem_alloc(), free, free, free)]


def wake_on_ext0(pin=None, level=True):
    pass


def wake_on_ext1(pins=None, level=True):
    pass
