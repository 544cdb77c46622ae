"""Protocols: bytes to frames, without I/O.  Two tables name them; an entry is imported when it is first used.

To add a protocol, write its module and add one line to each table that fits.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from drivers.protocols.base import WireProtocol
from drivers.url import Options

PROTOCOLS: dict[str, str] = {
    "lines": "drivers.protocols.lines:lines_protocol",
    "llrp": "drivers.protocols.llrp_capture:llrp_capture",
    "ssi": "drivers.protocols.ssi:ssi_protocol",
    "honeywell": "drivers.protocols.honeywell:honeywell_protocol",
    "r200": "drivers.protocols.r200:r200_protocol",
    "uhfreader18": "drivers.protocols.uhfreader18:uhfreader18_protocol",
    "rdm6300": "drivers.protocols.rdm6300:rdm6300_protocol",
    "id12": "drivers.protocols.rdm6300:rdm6300_protocol",
    "tsl": "drivers.protocols.tsl:tsl_protocol",
    "thingmagic": "drivers.protocols.mercury:mercury_protocol",
    "pn532": "drivers.protocols.pn532:pn532_protocol",
    "zebra-iotc": "drivers.protocols.iot_json:zebra_protocol",
    "impinj-iot": "drivers.protocols.iot_json:impinj_protocol",
    "json": "drivers.protocols.read_json:json_protocol",
    "evdev": "drivers.protocols.evdev:evdev_protocol",
    "hid-pos": "drivers.protocols.hid_pos:hid_pos_protocol",
    "pcsc": "drivers.protocols.pcsc:pcsc_protocol",
    "keyence": "drivers.protocols.triggered:triggered_protocol",
}
"""Name in ``?protocol=`` -> ``module:function``, a function that makes the `WireProtocol` from the URL's `Options`."""

DECODERS: dict[str, str] = {
    "serial-aim-cr": "drivers.protocols.lines:decode_aim_lines",
    "serial-stx-etx": "drivers.protocols.lines:decode_stx_etx",
    "keyence-sr-tcp": "drivers.protocols.triggered:decode_keyence",
    "llrp": "drivers.protocols.llrp:decode",
    "zebra-ssi": "drivers.protocols.ssi:decode_ssi",
    "honeywell-spp-msgget": "drivers.protocols.honeywell:decode_honeywell",
    "r200": "drivers.protocols.r200:decode_r200",
    "uhfreader18": "drivers.protocols.uhfreader18:decode_uhfreader18",
    "rdm6300": "drivers.protocols.rdm6300:decode_rdm6300",
    "id12": "drivers.protocols.rdm6300:decode_rdm6300",
    "tsl-ascii2": "drivers.protocols.tsl:decode_tsl",
    "thingmagic-mercury": "drivers.protocols.mercury:decode_mercury",
    "pn532-uart": "drivers.protocols.pn532:decode_pn532",
    "pcsc": "drivers.protocols.pcsc:decode_pcsc",
    "zebra-iotc-json": "drivers.protocols.iot_json:decode_zebra",
    "impinj-iot-json": "drivers.protocols.iot_json:decode_impinj",
    "json": "drivers.protocols.read_json:decode_json",
    "evdev": "drivers.protocols.evdev:decode_evdev",
    "evdev-uk": "drivers.protocols.evdev:decode_uk",
    "evdev-de": "drivers.protocols.evdev:decode_de",
    "evdev-fr": "drivers.protocols.evdev:decode_fr",
    "hid-pos": "drivers.protocols.hid_pos:decode_hid_pos",
}
"""Name of a wire format -> ``module:function`` from bytes to the list of decoded fields."""


def make_protocol(options: Options, default: str = "lines") -> WireProtocol:
    """The protocol that ``?protocol=`` names, configured by the other options."""
    entry = options.choice("protocol", default, PROTOCOLS)
    return cast(WireProtocol, _load(entry)(options))


def decode(protocol: str, data: bytes) -> list[dict[str, Any]]:
    """Decode captured bytes: one dict of wire fields for each complete frame or tag; [] where all is rejected.

    Raises ValueError for a protocol that is not in `DECODERS`, naming those that are.
    """
    entry = DECODERS.get(protocol)
    if entry is None:
        raise ValueError(f"no decoder for protocol {protocol!r}; there are {', '.join(sorted(DECODERS))}")
    return cast(list[dict[str, Any]], _load(entry)(data))


def _load(entry: str) -> Callable[..., Any]:
    module, _, name = entry.partition(":")
    return cast(Callable[..., Any], getattr(import_module(module), name))
