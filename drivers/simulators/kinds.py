"""Which faults and which steps make sense at which kind of simulated device.

A byte stream without protection can do everything to a frame.  TCP delivers what was sent: it can cut, join and delay
messages, but damages none and invents none.  A picture or the answer of a badge is whole or does not come.  A kind that
is not named here, of a package of its own, may have every fault.
"""

from collections.abc import Mapping
from dataclasses import fields

from drivers.simulators.faults import Faults

CAMERAS = ("camera", "rtsp")
MQTT = ("mqtt", "mqtt-zebra", "mqtt-impinj")
POSTS = ("post", "post-zebra")

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


def faults_of(kind: str) -> frozenset[str]:
    """Names of the `Faults` that a device of this kind may have."""
    return _FAULTS.get(kind, _EVERY)
