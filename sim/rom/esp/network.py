# The board's network module: what ports/esp32 and ports/esp8266 do, over the device
# /dev/wifi of package wifi.
import time

import _profile

globals().update(_profile.network_constants)

_esp32 = _profile.platform == "esp32"
_country = "XX"
_hostname = _profile.hostname
_dns = None
_static = {}  # by interface: address, mask, gateway, where a program has set them


def _ask(*words):
    f = open("/dev/wifi", "r+b")
    try:
        f.write(" ".join(words))
        answer = f.read().decode()
    finally:
        f.close()
    if answer[:1] == "!":
        if answer == "!Wifi Internal Error":
            print("E (%d) wifi:sta is connecting, return error" % time.ticks_ms())
        raise OSError(answer[1:])
    return answer


def _hex(text):
    if text is None:
        return ""
    return "".join("%02x" % b for b in (text.encode() if isinstance(text, str) else bytes(text)))


def country(code=None):
    global _country
    if code is None:
        return _country
    if len(code) != 2:
        raise ValueError
    _country = code


def hostname(name=None):
    global _hostname
    if name is None:
        return _hostname
    if len(name) > 32:
        raise ValueError
    _hostname = name


_phy_mode = 3


def phy_mode(mode=None):
    global _phy_mode
    if _esp32:
        return None
    if mode is None:
        return _phy_mode
    _phy_mode = mode


def ipconfig(*args, **kwargs):
    global _dns
    if kwargs:
        for key in kwargs:
            if key != "dns":
                raise ValueError("unexpected key")
            _dns = kwargs[key]
    elif len(args) != 1:
        raise TypeError("must query one param")
    elif args[0] != "dns":
        raise ValueError("unexpected key")
    else:
        return _nameserver()


def _nameserver():
    return _dns or _ask("address").split()[2]


class WLAN:
    IF_STA = 0
    IF_AP = 1
    SEC_OPEN = 0
    SEC_WEP = 1
    SEC_WPA = 2
    SEC_WPA2 = 3
    SEC_WPA_WPA2 = 4
    PM_NONE = 0
    PM_PERFORMANCE = 1 if _esp32 else 2
    PM_POWERSAVE = 2 if _esp32 else 1

    _all = {}

    def __new__(cls, interface=0):
        if interface not in (0, 1):
            raise ValueError("invalid WLAN interface identifier") if _esp32 else ValueError
        if interface not in cls._all:
            self = cls._all[interface] = object.__new__(cls)
            self._ap = interface == 1
            self._config = {"hidden": False, "security": 0, "channel": 1, "max_clients": 4, "reconnects": -1}
            self._config.update({"txpower": 20.0, "protocol": 7, "pm": WLAN.PM_PERFORMANCE, "key": ""})
            end = _hex(self._mac()[3:])
            self._config["ssid"] = "ESP_" + end.upper() if _esp32 else "MicroPython-" + end
        return cls._all[interface]

    def __init__(self, interface=0):
        pass

    def __repr__(self):
        return "<WLAN>"

    def _mac(self):
        f = open("/dev/mac", "rb")
        mac = bytearray(f.read())
        f.close()
        if self._ap:
            if _esp32:
                mac[5] = (mac[5] + 1) & 0xFF
            else:
                mac[0] |= 2
        return bytes(mac)

    def _require(self, ap):
        if self._ap != ap:
            raise OSError("AP required" if ap else "STA required")

    def active(self, on=None):
        is_active = "apactive" if self._ap else "active"
        if on is None:
            return _ask(is_active) == "1"
        on = _ask(is_active, "1" if on else "0") == "1"
        return on if _esp32 else None

    def connect(self, ssid=None, key=None, *, bssid=None):
        self._require(False)
        if bssid is not None and len(bssid) != 6:
            raise ValueError
        _ask("tries", str(self._config["reconnects"] + 1 or -1))
        if ssid is None and key is None:
            _ask("connect")
        else:
            _ask("connect", _hex(ssid), _hex(key))

    def disconnect(self):
        self._require(False)
        _ask("disconnect")

    def status(self, what=None):
        if what is None:
            if self._ap:
                return None if _esp32 else -1
            return int(_ask("status"))
        if what == "rssi" and (_esp32 or not self._ap):
            self._require(False)
            return int(_ask("signal"))
        if what == "stations" and (_esp32 or self._ap):
            self._require(True)
            return []  # nobody comes to a virtual board
        raise ValueError("unknown status param")

    def isconnected(self):
        return not self._ap and int(_ask("status")) == STAT_GOT_IP

    def scan(self):
        self._require(False)
        took, *lines = _ask("scan").split("\n")
        time.sleep_ms(int(took))
        found = []
        for line in lines:
            ssid, bssid, channel, rssi, security = line.split(" ")
            hidden = False if _esp32 else 0
            found.append((bytes.fromhex(ssid), bytes.fromhex(bssid), int(channel), int(rssi), int(security), hidden))
        return found

    def _addresses(self):
        if self._ap:
            there = _ask("apactive") == "1"
            return ("192.168.4.1", "255.255.255.0", "192.168.4.1") if there else ("0.0.0.0",) * 3
        there = tuple(_ask("address").split(" "))
        return _static.get(self._ap, there) if there[0] != "0.0.0.0" else there

    def ifconfig(self, to=None):
        global _dns
        if to is None:
            return self._addresses() + (_nameserver(),)
        if to == "dhcp":
            self._require(False)
            _static.pop(self._ap, None)
            _dns = None
            return
        if isinstance(to, str):
            raise ValueError("invalid arguments")
        if len(to) != 4:
            raise ValueError("requested length 4 but object has length %d" % len(to))
        mask = to[1]
        if isinstance(mask, int):
            mask = _mask(mask)
        _static[self._ap] = (to[0], mask, to[2])
        _dns = to[3]

    def ipconfig(self, *args, **kwargs):
        if kwargs:
            ip, mask, gateway = self._addresses()
            for key in kwargs:
                to = kwargs[key]
                if key == "dhcp4" and not self._ap:
                    if to:
                        _static.pop(self._ap, None)
                    else:
                        _static[self._ap] = (ip, mask, gateway)
                    continue
                elif key == "addr4" and isinstance(to, str):
                    ip, _, bits = to.partition("/")
                    if bits:
                        mask = _mask(int(bits))
                elif key == "addr4":
                    ip, mask = to
                elif key == "gw4":
                    gateway = to
                else:
                    raise ValueError("unexpected key")
                _static[self._ap] = (ip, mask, gateway)
            return
        if len(args) != 1:
            raise TypeError("must query one param")
        ip, mask, gateway = self._addresses()
        if args[0] == "dhcp4" and (not self._ap or not _esp32):
            return self._ap not in _static
        if args[0] == "addr4":
            return ip, mask
        if args[0] == "gw4":
            return gateway
        raise ValueError("unexpected key")

    def config(self, *args, **kwargs):
        if args and kwargs:
            raise TypeError("either pos or kw args are allowed")
        if not kwargs:
            if len(args) != 1:
                raise TypeError("can query only one param")
            return self._get(_names.get(args[0], args[0]))
        for key in kwargs:
            self._set(_names.get(key, key), kwargs[key])

    def _get(self, key):
        if key == "mac":
            return self._config.get("mac") or self._mac()
        if key == "hostname":
            self._require(False)
            return hostname()
        if key == "ssid" and not self._ap:
            return _ask("ssid")
        if key == "channel" and not self._ap:
            return int(_ask("channel")) or self._config["channel"]
        if key == "ifname" and _esp32:
            return "ap1" if self._ap else "st1"
        if key not in self._config or key == "key" or not _esp32 and key in _esp32_only:
            raise ValueError("unknown config param")
        if key in ("hidden", "security"):
            self._require(True)
        if key == "reconnects":
            self._require(False)
        return self._config[key]

    def _set(self, key, to):
        if key == "hostname":
            return hostname(to)
        if key == "mac" and len(to) != 6:
            raise ValueError("invalid buffer length")
        if key != "mac" and key not in self._config or not _esp32 and key in _esp32_only:
            raise ValueError("unknown config param")
        if key in ("ssid", "hidden", "security", "key", "max_clients"):
            self._require(True)
        if key == "reconnects":
            self._require(False)
        self._config[key] = to.decode() if key == "ssid" and isinstance(to, bytes) else to


# What some parameters are called besides.
_names = {"essid": "ssid", "authmode": "security", "password": "key", "dhcp_hostname": "hostname"}
_esp32_only = ("max_clients", "reconnects", "txpower")


def _mask(bits):
    n = 0xFFFFFFFF << (32 - bits)
    return ".".join(str(n >> shift & 0xFF) for shift in (24, 16, 8, 0))
