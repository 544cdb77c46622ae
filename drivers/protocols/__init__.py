"""Protocols: bytes to frames, without I/O.  Tables name them; an entry is imported when it is first used.

To add a protocol, write its module and add one line to `PROTOCOLS`, and one to
`drivers.protocols.frame_reader.DECODERS` where captured bytes of it are to be decoded.
"""

from pkgutil import resolve_name
from typing import cast

from drivers.protocols.base import WireProtocol
from drivers.protocols.frame_reader import ALIASES, DECODERS, FrameReader
from drivers.url import Options

__all__ = ["ALIASES", "DECODERS", "PROTOCOLS", "FrameReader", "decode", "make_protocol"]

PROTOCOLS: dict[str, str] = {
    "lines": "drivers.protocols.lines:lines_protocol",
    "llrp": "drivers.protocols.llrp_capture:llrp_capture",
    "ssi": "drivers.protocols.ssi:ssi_protocol",
    "honeywell": "drivers.protocols.honeywell:honeywell_protocol",
    "r200": "drivers.protocols.r200:r200_protocol",
    "uhfreader18": "drivers.protocols.uhfreader18:uhfreader18_protocol",
    "chainway": "drivers.protocols.chainway:chainway_protocol",
    "rdm6300": "drivers.protocols.rdm6300:rdm6300_protocol",
    "id12": "drivers.protocols.rdm6300:rdm6300_protocol",
    "tsl": "drivers.protocols.tsl:tsl_protocol",
    "thingmagic": "drivers.protocols.mercury:mercury_protocol",
    "pn532": "drivers.protocols.pn532:pn532_protocol",
    "zebra-iotc": "drivers.protocols.zebra_iotc:zebra_protocol",
    "impinj-iot": "drivers.protocols.impinj_iot:impinj_protocol",
    "json": "drivers.protocols.read_json:json_protocol",
    "evdev": "drivers.protocols.evdev:evdev_protocol",
    "hid-pos": "drivers.protocols.hid_pos:hid_pos_protocol",
    "pcsc": "drivers.protocols.pcsc:pcsc_protocol",
    "keyence": "drivers.protocols.triggered:triggered_protocol",
}
"""Name in ``?protocol=`` -> ``module:function``, a function that makes the `WireProtocol` from the URL's `Options`."""

decode = FrameReader()
"""``decode(protocol, data)``: the `FrameReader` of this process, for whoever reads the frames of one device.

Who reads those of several devices, or the same ones again, makes a `FrameReader` for each.
"""


def make_protocol(options: Options, default: str = "lines") -> WireProtocol:
    """The protocol that ``?protocol=`` names, configured by the other options."""
    entry = options.choice("protocol", default, PROTOCOLS)
    return cast(WireProtocol, resolve_name(entry)(options))
