"""Captured bytes to wire fields by name, one call for each capture of a device."""

from collections.abc import Callable
from pkgutil import resolve_name
from threading import Lock
from typing import Any, cast

Fields = list[dict[str, Any]]

DECODERS: dict[str, str] = {
    "serial-aim-cr": "drivers.protocols.lines:decode_aim_lines",
    "serial-stx-etx": "drivers.protocols.lines:decode_stx_etx",
    "keyence-sr-tcp": "drivers.protocols.triggered:decode_keyence",
    "llrp": "drivers.protocols.llrp:decode",
    "zebra-ssi": "drivers.protocols.ssi_segments:SsiFrames",
    "honeywell-spp-msgget": "drivers.protocols.honeywell:decode_honeywell",
    "r200": "drivers.protocols.r200:decode_r200",
    "uhfreader18": "drivers.protocols.uhfreader18:decode_uhfreader18",
    "chainway": "drivers.protocols.chainway:decode_chainway",
    "rdm6300": "drivers.protocols.rdm6300:decode_rdm6300",
    "id12": "drivers.protocols.rdm6300:decode_rdm6300",
    "tsl-ascii2": "drivers.protocols.tsl:decode_tsl",
    "thingmagic-mercury": "drivers.protocols.mercury:decode_mercury",
    "pn532-uart": "drivers.protocols.pn532:decode_pn532",
    "pcsc": "drivers.protocols.pcsc:decode_pcsc",
    "zebra-iotc-json": "drivers.protocols.zebra_iotc:decode_zebra",
    "impinj-iot-json": "drivers.protocols.impinj_iot:decode_impinj",
    "json": "drivers.protocols.read_json:decode_json",
    "evdev": "drivers.protocols.evdev:decode_evdev",
    "evdev-uk": "drivers.protocols.evdev:decode_uk",
    "evdev-de": "drivers.protocols.evdev:decode_de",
    "evdev-fr": "drivers.protocols.evdev:decode_fr",
    "hid-pos": "drivers.protocols.hid_pos:decode_hid_pos",
}
"""Name of a wire format -> ``module:function`` from bytes to the list of decoded fields.

``module:Class`` where a frame leans on the one before it: made once for each `FrameReader`, then called with the bytes.
"""

ALIASES: dict[str, str] = {
    "lines": "serial-aim-cr",
    "keyence": "keyence-sr-tcp",
    "ssi": "zebra-ssi",
    "honeywell": "honeywell-spp-msgget",
    "tsl": "tsl-ascii2",
    "thingmagic": "thingmagic-mercury",
    "pn532": "pn532-uart",
    "zebra-iotc": "zebra-iotc-json",
    "impinj-iot": "impinj-iot-json",
}
"""Names of protocols in the URL of a device, where the wire format is called otherwise."""


class FrameReader:
    """Decodes captures of one device, in the order in which they came; may be called by several threads.

    It remembers nothing but what a wire format says in one frame of those that follow (`DECODERS` names the class
    that does, and that class its bound): of all formats only Zebra SSI, whose first segment of a long code alone
    tells the symbology (`drivers.protocols.ssi_segments`).
    """

    def __init__(self) -> None:
        self._decoders: dict[str, Callable[[bytes], Fields]] = {}
        self._lock = Lock()

    def __call__(self, protocol: str, data: bytes) -> Fields:
        """One dict of wire fields for each complete frame or tag in ``data``; [] where all is rejected.

        What the host says to the device is passed over, and so is a report of no tags.

        Raises ValueError for a protocol that is neither in `DECODERS` nor in `ALIASES`, naming those that are.
        """
        protocol = ALIASES.get(protocol, protocol)
        if protocol not in DECODERS:
            raise ValueError(f"no decoder for protocol {protocol!r}; there are {', '.join(sorted(DECODERS))}")
        with self._lock:
            return self._decoder(protocol)(data)

    def _decoder(self, protocol: str) -> Callable[[bytes], Fields]:
        if protocol not in self._decoders:
            found = resolve_name(DECODERS[protocol])
            self._decoders[protocol] = cast(Callable[[bytes], Fields], found() if isinstance(found, type) else found)
        return self._decoders[protocol]
