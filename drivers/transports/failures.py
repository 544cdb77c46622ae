"""From the operating system's errors to a reason and a remedy in words."""

import errno
import os
import re
import socket
import ssl

from drivers.errors import DriverError, Reason
from drivers.transports.holders import group_of, holders_of

_PORT_REASONS = {
    errno.ENOENT: Reason.NOT_FOUND,
    errno.ENODEV: Reason.NOT_FOUND,
    errno.ENXIO: Reason.NOT_FOUND,
    errno.ENOTDIR: Reason.NOT_FOUND,
    errno.EACCES: Reason.PERMISSION,
    errno.EPERM: Reason.PERMISSION,
    errno.EBUSY: Reason.BUSY,
    errno.EAGAIN: Reason.BUSY,
    errno.EIO: Reason.UNPLUGGED,
    errno.ETIMEDOUT: Reason.TIMEOUT,
    errno.ECONNREFUSED: Reason.REFUSED,
}
_PORT_REMEDIES = {
    Reason.NOT_FOUND: "plug the device in and check the cable; `scanstation devices list` shows what is there",
    Reason.PERMISSION: "add yourself to group dialout (sudo usermod -aG dialout $USER) and sign in again",
    Reason.BUSY: "another program holds the port (a second station, a terminal, ModemManager): end it",
    Reason.UNPLUGGED: "plug the device in again; counting goes on by itself",
    Reason.TIMEOUT: "check that the device is switched on and the cable is right",
    Reason.REFUSED: "check that the port server runs and that its address is right",
    Reason.PROTOCOL: "this port cannot do these settings: check baud, bits, parity, stop and flow in the URL",
}

_NO_DEVICE = frozenset({errno.EISDIR, errno.ENOTTY})
_NO_PORT = "this is no serial port: `scanstation devices list` shows those that there are"

_FILE_REMEDIES = {
    Reason.PERMISSION: "let your user read the device: group input (sudo usermod -aG input $USER) for a keyboard, a"
    ' udev rule with TAG+="uaccess" for hidraw; then sign in or plug in again',
    Reason.BUSY: "another program has grabbed the device (a second station, a key remapper): end it",
    Reason.PROTOCOL: "this file is no such device: `scanstation devices list` shows what is plugged in",
}


def port_error(port: str, error: Exception) -> DriverError:
    """The `DriverError` of a serial port that failed with ``error`` (OSError, SerialException or ValueError)."""
    code = _code(error)
    if code in _NO_DEVICE:
        return DriverError(Reason.PROTOCOL, f"serial port {port}: {_words(error)}", _NO_PORT)
    if isinstance(error, (ValueError, NotImplementedError)) or code == errno.EINVAL:
        reason = Reason.PROTOCOL
    else:
        reason = _PORT_REASONS.get(code or 0, Reason.NOT_FOUND if code is None else Reason.UNPLUGGED)
    return DriverError(reason, f"serial port {port}: {_words(error)}", _remedy(port, reason))


def _remedy(path: str, reason: Reason) -> str:
    """The remedy of a device file, with the name of the group or of the program where that can be seen."""
    usual = _PORT_REMEDIES[reason]
    if reason is Reason.PERMISSION and (group := group_of(path)):
        return usual.replace("dialout", group)
    if reason is Reason.BUSY and (holders := holders_of(path)):
        return f"{', '.join(holders)} holds the port: end it"
    return usual


def port_unplugged(port: str) -> DriverError:
    """The error of a port whose device went away."""
    return DriverError(Reason.UNPLUGGED, f"serial port {port}: the device went away", _PORT_REMEDIES[Reason.UNPLUGGED])


def file_error(what: str, path: str, error: OSError) -> DriverError:
    """The `DriverError` of a device file of kind ``what`` that could not be opened."""
    not_such = error.errno == errno.EINVAL or error.errno in _NO_DEVICE
    reason = Reason.PROTOCOL if not_such else _PORT_REASONS.get(error.errno or 0, Reason.UNPLUGGED)
    remedy = _FILE_REMEDIES.get(reason) or _PORT_REMEDIES[reason]
    if reason is Reason.BUSY and (holders := holders_of(path)):
        remedy = f"{', '.join(holders)} holds the device: end it"
    return DriverError(reason, f"{what} {path}: {_words(error)}", remedy)


def file_unplugged(what: str, path: str) -> DriverError:
    """The error of a device file whose device went away."""
    return DriverError(Reason.UNPLUGGED, f"{what} {path}: the device went away", _PORT_REMEDIES[Reason.UNPLUGGED])


def net_error(peer: str, error: Exception) -> DriverError:
    """The `DriverError` of a network peer ``host:port`` that failed with ``error``."""
    reason, remedy = _net_reason(error)
    return DriverError(reason, f"{peer}: {_words(error)}", remedy)


def net_unplugged(peer: str, what: str = "the connection ended") -> DriverError:
    """The error of a peer that was connected and is gone."""
    return DriverError(
        Reason.UNPLUGGED, f"{peer}: {what}", "check power and network of the device; it is called again by itself"
    )


def _net_reason(error: Exception) -> tuple[Reason, str]:
    code = getattr(error, "errno", None)
    if isinstance(error, socket.gaierror):
        return Reason.NOT_FOUND, "check the host name in the URL, or write the address as a number"
    if isinstance(error, ssl.SSLError):
        return Reason.PERMISSION, "check the peer's certificate and clock; ca=FILE in the URL names who signs it"
    if isinstance(error, TimeoutError) or code == errno.ETIMEDOUT:
        return Reason.TIMEOUT, "check that the device is switched on, in this network, and at this address"
    if code == errno.ECONNREFUSED:
        return Reason.REFUSED, "check the port in the URL and that the device's network service is switched on"
    if code in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN):
        return Reason.NOT_FOUND, "no way to this address: check cable, network and address"
    if code in (errno.EACCES, errno.EPERM):
        return Reason.PERMISSION, "ports below 1024 need rights: take a higher port; else check the firewall"
    if code in (errno.EADDRINUSE,):
        return Reason.BUSY, "another program listens on this port: end it or take another port"
    if code == errno.EADDRNOTAVAIL:
        return Reason.NOT_FOUND, "this machine has no such address: listen on 0.0.0.0 or on one of its own"
    return Reason.UNPLUGGED, "check power and network of the device; it is called again by itself"


def _code(error: Exception) -> int | None:
    """The system's error number; pyserial often has it only in its text, as ``[Errno 5]`` or ``(5, ...)``."""
    code = getattr(error, "errno", None)
    if code is None and (match := re.search(r"\[Errno (\d+)\]|\((\d+), ", str(error))):
        code = int(match[1] or match[2])
    return code


def _words(error: Exception) -> str:
    code = _code(error)
    if isinstance(code, int) and code > 0 and not isinstance(error, (socket.gaierror, ssl.SSLError)):
        return os.strerror(code).lower()
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
