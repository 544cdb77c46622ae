"""Device URLs: ``scheme:target?option=value``, with every error of a URL reported at once.

The target may follow ``//`` or not, because both ways are in use: ``serial:///dev/ttyACM0``, ``replay:file.jsonl``,
``serial:rfc2217://server:2217``.  Option values are percent-encoded: ``?prefix=%02``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import unquote, unquote_to_bytes

from drivers.errors import DriverError, Reason

Value = TypeVar("Value")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)\Z", re.DOTALL)
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^:/\[\]\s@]+)(?::(\d{1,5}))?/?")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_SECRETS = (
    re.compile(r"(://[^/?#\s:@]*:)[^/?#\s]*(?=@)"),
    re.compile(
        r"((?:^|[?&#;\s])[\w.-]*(?:password|passwd|passphrase|pass|pwd|secret|token|key|pin|auth)=)[^&#;\s'\"]+", re.I
    ),
)


def masked(text: str) -> str:
    """A URL, or a text that holds one, without its secrets: the password of its user, options named like one.

    >>> masked("camera://rtsp://ann:s3cret@gate/live?token=x1&fps=5")
    'camera://rtsp://ann:***@gate/live?token=***&fps=5'
    """
    for secret in _SECRETS:
        text = secret.sub(r"\1***", text)
    return text


def bad_url(url: str, why: str, example: str) -> DriverError:
    """The error of a URL that cannot be used: what, why, and a right one as remedy."""
    return DriverError(Reason.BAD_URL, f"device URL {masked(url)!r}: {masked(why)}", f"write it like {example}")


@dataclass(frozen=True, slots=True)
class DeviceUrl:
    """A URL in its parts; ``target`` is decoded and without leading ``//``, ``raw`` options are still encoded.

    ``faults`` says what is wrong with the form of the options.
    """

    text: str
    scheme: str
    target: str
    raw: Mapping[str, str]
    faults: tuple[str, ...] = ()


def parse_url(text: str, example: str) -> DeviceUrl:
    """Take a device URL apart.  `DriverError` BAD_URL shows ``example`` when it has no scheme."""
    match = _SCHEME.match(text.strip())
    if match is None:
        raise bad_url(text, "there is no scheme such as serial: in front", example)
    target, _, query = match[2].partition("?")
    raw: dict[str, str] = {}
    faults: list[str] = []
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if not equals or not name:
            faults.append(f"option {part!r} is not name=value")
        elif name in raw:
            faults.append(f"option {name} is given twice")
        else:
            raw[name] = value
    return DeviceUrl(text, match[1].lower(), unquote(target.removeprefix("//")), raw, tuple(faults))


class Options:
    """Target and options of one URL, read by name and type.

    Each reader method keeps a bad value as an error and goes on with a harmless one; `finish` raises all errors and
    all unknown options in one `DriverError` that lists the known ones.
    """

    def __init__(self, url: DeviceUrl, example: str) -> None:
        self._url = url
        self._example = example
        self._known: list[str] = []
        self._errors = [*url.faults]

    def host_and_port(self, default_port: int | None, lowest: int = 1) -> tuple[str, int]:
        """The target as ``host:port`` (IPv6 in brackets); the port from ``lowest`` to 65535."""
        return self.address(self._url.target, default_port, lowest)

    def address_and_path(self, default_port: int, lowest: int = 1) -> tuple[str, int, str]:
        """The target as ``host:port/path``; the path is without its first slash."""
        address, _, path = self._url.target.partition("/")
        return *self.address(address, default_port, lowest), path

    def address(self, address: str, default_port: int | None = None, lowest: int = 1) -> tuple[str, int]:
        """A text as ``host:port``, as `host_and_port` reads the target."""
        match = _ADDRESS.fullmatch(address)
        if match is None:
            user, _, host = address.rpartition("@")  # which may hold a password
            self.fault(f"{host!r} is not host:port" if not user else f"user and password do not go before {host!r}")
            return "", lowest
        port = int(match[2]) if match[2] else default_port
        if port is None:
            self.fault("the port is missing")
        elif not lowest <= port <= 65535:
            self.fault(f"there is no port {port}")
        return match[1].strip("[]"), port or lowest

    def text(self, name: str, default: str) -> str:
        """A text option."""
        return self._read(name, default, unquote)

    def octets(self, name: str, default: bytes) -> bytes:
        """Bytes, written percent-encoded (``%02`` is STX)."""

        def convert(raw: str) -> bytes:
            if _LONE_PERCENT.search(raw):
                raise ValueError("has a % without two hex digits; a % itself is %25")
            return unquote_to_bytes(raw)

        return self._read(name, default, convert)

    def choice(self, name: str, default: str, choices: Mapping[str, Value]) -> Value:
        """One of the named ``choices``."""

        def pick(raw: str) -> Value:
            try:
                return choices[unquote(raw)]
            except KeyError:
                raise ValueError(f"must be one of {', '.join(choices)}") from None

        return self._read(name, choices[default], pick)

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        return int(self._number(name, default, low, high, int, "a whole number"))

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """A number from ``low`` to ``high``."""
        return self._number(name, default, low, high, float, "a number")

    def flag(self, name: str, default: bool) -> bool:
        """Yes or no: 1/0, true/false, yes/no, on/off."""

        def decide(raw: str) -> bool:
            word = raw.lower()
            if word not in _TRUE | _FALSE:
                raise ValueError("must be 1 or 0")
            return word in _TRUE

        return self._read(name, default, decide)

    def wrong(self, name: str, why: str) -> None:
        """Note an error of an option that the caller found; `finish` reports it with the others."""
        self.fault(f"option {name} {why}")

    def fault(self, why: str) -> None:
        """Note an error of the URL beside its options; `finish` reports it with the others."""
        self._errors.append(why)

    def finish(self) -> None:
        """Raise `DriverError` BAD_URL with everything that is wrong, or return when nothing is."""
        unknown = [name for name in self._url.raw if name not in self._known]
        errors = [*self._errors]
        if unknown:
            known = ", ".join(self._known) or "none"
            errors.append(f"unknown option {', '.join(unknown)} (known here: {known})")
        if errors:
            raise bad_url(self._url.text, "; ".join(errors), self._example)

    def _number(
        self, name: str, default: float, low: float, high: float, kind: Callable[[str], float], words: str
    ) -> float:
        def measure(raw: str) -> float:
            try:
                value = kind(raw)
            except ValueError:
                value = high + 1
            if not low <= value <= high:
                raise ValueError(f"must be {words} from {low} to {high}")
            return value

        return self._read(name, default, measure)

    def _read(self, name: str, default: Value, convert: Callable[[str], Value]) -> Value:
        if name not in self._known:
            self._known.append(name)
        raw = self._url.raw.get(name)
        if raw is None:
            return default
        try:
            return convert(raw)
        except ValueError as error:
            self._errors.append(f"option {name}={raw} {error}")
            return default
