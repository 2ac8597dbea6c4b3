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


# Values in flash by their names; errors as the IDF numbers them.
class NVS:
    def __init__(self, namespace):
        if not namespace or len(namespace) > 15:
            raise OSError(-0x1105, "ESP_ERR_NVS_INVALID_NAME")
        self._space = namespace

    def _do(self, what, key, kind, value=""):
        if len(key) > 15:
            raise OSError(-0x1109, "ESP_ERR_NVS_KEY_TOO_LONG")
        name = "".join("%02x" % b for b in (self._space + "\x00" + kind + key).encode())
        f = open("/dev/nvs", "r+b")
        try:
            f.write("%s %s %s" % (what, name, value) if value else "%s %s" % (what, name))
            return f.read().decode()
        finally:
            f.close()

    def _get(self, key, kind):
        value = self._do("get", key, kind)
        if not value:
            raise OSError(-0x1102, "ESP_ERR_NVS_NOT_FOUND")
        return value

    def set_i32(self, key, value):
        self._do("erase", key, "b")
        self._do("set", key, "i", str(value))

    def get_i32(self, key):
        return int(self._get(key, "i"))

    def set_blob(self, key, value):
        self._do("erase", key, "i")
        if isinstance(value, str):
            value = value.encode()
        self._do("set", key, "b", "x" + "".join("%02x" % b for b in value))

    def get_blob(self, key, buffer):
        value = bytes.fromhex(self._get(key, "b")[1:])
        if len(value) > len(buffer):
            raise OSError(-0x110C, "ESP_ERR_NVS_INVALID_LENGTH")
        buffer[: len(value)] = value
        return len(value)

    def erase_key(self, key):
        if not self._do("erase", key, "i") and not self._do("erase", key, "b"):
            raise OSError(-0x1102, "ESP_ERR_NVS_NOT_FOUND")

    def commit(self):
        pass  # it is there already
