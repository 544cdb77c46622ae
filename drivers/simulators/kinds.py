"""Which faults, which steps and which reads make sense at which kind of simulated device.

A byte stream without protection can do everything to a frame.  TCP delivers what was sent: it can cut, join and delay
messages, but damages none and invents none.  A picture or the answer of a badge is whole or does not come.  A kind that
is not named here, of a package of its own, may have every fault and any read.
"""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum

from drivers.protocols.pcsc import UID_SIZES
from drivers.simulators.faults import Faults
from drivers.simulators.llrp_reader import SIMULATED

CAMERAS = ("camera", "rtsp")
MQTT = ("mqtt", "mqtt-zebra", "mqtt-impinj")
POSTS = ("post", "post-zebra")

LINES = ("serial", "tcp", "tcp-caller", "keyence")


class Carried(StrEnum):
    """What a read is: a symbol (``data`` and ``aim`` of a step), a UHF tag or the number of a badge (``epc``)."""

    CODE = "code"
    TAG = "tag"
    BADGE = "badge"


CARRIED: Mapping[str, tuple[Carried, ...]] = {
    **dict.fromkeys((*LINES, "ssi", "honeywell", "evdev", "hidraw", *CAMERAS), (Carried.CODE,)),
    **dict.fromkeys(("tsl", "post", "mqtt"), (Carried.CODE, Carried.TAG)),
    **dict.fromkeys(("r200", "uhfreader18", "thingmagic", "llrp", "http"), (Carried.TAG,)),
    **dict.fromkeys(("post-zebra", "mqtt-zebra", "mqtt-impinj"), (Carried.TAG,)),
    **dict.fromkeys(("rdm6300", "id12", "pn532", "pcsc"), (Carried.BADGE,)),
}
"""Kind -> what it can read."""

BADGE_SIZES: Mapping[str, tuple[int, ...]] = {"rdm6300": (5,), "id12": (5,), "pn532": (4, 7, 10), "pcsc": UID_SIZES}
"""Kind -> bytes that the number of a badge may have."""

_ANTENNAS: Mapping[str, int] = {
    "tsl": 0,
    "llrp": SIMULATED.max_antennas,
    "uhfreader18": 8,
    "thingmagic": 15,
    **dict.fromkeys(("r200", "http", "post-zebra", "mqtt-zebra", "mqtt-impinj"), 255),
}

_EVERY = frozenset(field.name for field in fields(Faults))
_CUT = frozenset({"split", "slow"})
_FAULTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys((*CAMERAS, "pcsc"), frozenset[str]()),
    # each message waits for its answer: there is none to join it to
    **dict.fromkeys((*MQTT, *POSTS), _CUT),
    "ssi": _EVERY - {"merge"},
    "llrp": _CUT | {"merge"},
    "http": _EVERY - {"noise"},  # between the chunks of HTTP there is no place for any
}

ONLY: Mapping[str, tuple[str, ...]] = {
    "photo": CAMERAS,
    "sweep": ("llrp",),
    "resend": ("ssi", *MQTT, *POSTS),
    "restart": MQTT,
    "silence": ("r200", "uhfreader18", "thingmagic", "pn532", "keyence", "llrp", *CAMERAS, *MQTT),
    "clock": ("evdev", "http", "llrp", *MQTT, *POSTS),
}
"""Step -> the kinds that it is for.

``silence`` is for those whose host waits for a sign of life, for others it is the same as ``wait``; ``clock`` for those
that tell a time; ``resend`` for those that send again what was not acknowledged.
"""


def antennas_of(kind: str) -> int:
    """The highest number of an antenna that a device of this kind tells; 0: it tells none."""
    return _ANTENNAS.get(kind, 65535)


def faults_of(kind: str) -> frozenset[str]:
    """Names of the `Faults` that a device of this kind may have."""
    return _FAULTS.get(kind, _EVERY)
