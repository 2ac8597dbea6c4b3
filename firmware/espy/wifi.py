"""Joins the board to a network, and shows that it reaches the host. It says what came of it in frames: see agent.py."""

import json
import time

from .agent import say

_REASONS = ("NO_AP_FOUND", "WRONG_PASSWORD", "CONNECT_FAIL", "ASSOC_FAIL", "HANDSHAKE_TIMEOUT", "BEACON_TIMEOUT")
_STORED = "/lib/espy/wifi.json"  # of espy deploy --store-wifi
_PATIENCE = 4000  # ms from the first reason on: a chip names one, tries again, and may succeed


def join(ssid, key, limit):
    """Join a network within so many ms; with ssid None, the stored one, where there is none yet."""
    try:
        import network

        wlan = network.WLAN(network.STA_IF)
    except (ImportError, AttributeError):  # a board without Wi-Fi
        return _say(has=False)
    began = time.ticks_ms()
    why = since = None
    stored = ssid is None and not wlan.isconnected()
    if stored:
        ssid, key = _stored()
    if ssid is not None and not (wlan.isconnected() and _ssid(wlan) == ssid):
        wlan.active(True)
        _leave(wlan)
        wlan.connect(ssid, key)
        while not wlan.isconnected():
            now, status = time.ticks_ms(), _name(network, wlan.status())
            if status in _REASONS:
                since = since if why else now
                why = status
            if time.ticks_diff(now, began) > limit or why and time.ticks_diff(now, since) > _PATIENCE:
                break
            time.sleep_ms(50)
    took = time.ticks_diff(time.ticks_ms(), began)
    if not wlan.isconnected():
        why = why or _name(network, wlan.status())
        if ssid is not None:
            _leave(wlan)
        return _say(has=True, status=why, ms=took, stored=stored and ssid is not None)
    address, mask = wlan.ifconfig()[:2]
    _say(has=True, joined=True, ms=took, rssi=_rssi(wlan), address=address, mask=mask)


def reach(host, port, token, limit):
    """Connect to the host within so many ms, say the token, and hear it again."""
    import socket

    began = time.ticks_ms()
    s = socket.socket()
    try:
        s.settimeout(limit / 1000)
        s.connect(socket.getaddrinfo(host, port)[0][-1])
        s.send(token + "\n")
        heard = b""
        while len(heard) < len(token):
            piece = s.recv(len(token))
            if not piece:
                break
            heard += piece
        _say(reached=heard == token.encode(), ms=time.ticks_diff(time.ticks_ms(), began))
    except OSError as e:
        import errno

        number = e.args[0] if e.args else 0
        why = getattr(errno, "errorcode", {}).get(number) or str(e) or "OSError"
        _say(reached=False, why=why, ms=time.ticks_diff(time.ticks_ms(), began))
    finally:
        s.close()


def _stored():
    """Name and password of the network that is kept on the flash."""
    try:
        with open(_STORED) as f:
            return json.load(f)
    except OSError:  # there is none
        return None, None


def _leave(wlan):
    """End what the chip is about: it would refuse to join while it tries to."""
    try:
        wlan.disconnect()
    except OSError:  # it was on no network
        pass


def _ssid(wlan):
    try:
        return wlan.config("ssid")
    except (ValueError, OSError):
        return wlan.config("essid")  # before MicroPython 1.20


def _rssi(wlan):
    try:
        return wlan.status("rssi")
    except (ValueError, OSError):
        return 0


def _name(network, status):
    """What a status is called: its numbers differ from port to port."""
    for name in _REASONS + ("IDLE", "CONNECTING"):
        if getattr(network, "STAT_" + name, None) == status:
            return name
    return str(status)


def _say(**what):
    what["frame"] = "wifi"
    say(0, (json.dumps(what),))
