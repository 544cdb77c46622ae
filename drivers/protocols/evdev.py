"""Keyboard wedges on Linux: `struct input_event` of 64-bit systems, 24 bytes, little endian.

``seconds(s64) microseconds(s64) type(u16) code(u16) value(s32)``.  A scanner types its code and Enter.  GS and other
control characters come as Ctrl with a key (``Ctrl-]``), as Alt with digits of the number block (``Alt 0029``), or as
function keys (``F8``).  A key that should write and has no character spoils its line: what is typed is not the code.
"""

import re
import struct
from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from drivers.protocols.aim import named, split_aim
from drivers.protocols.base import NO_END, Frame, Notice, Output
from drivers.protocols.keyboards import ALIASES, EXTRA, KEYPAD, LAYOUTS, ROWS, Dead, Layout, load_layout
from drivers.protocols.keyboards.composing import Chain, accents, compose, composed_dead, waits
from drivers.protocols.keyboards.controls import FUNCTION_KEYS, control_character
from drivers.protocols.packets import PacketProtocol
from drivers.url import Options

EVENT = struct.Struct("<qqHHi")
SYNC, KEY, LED = 0, 1, 17
DROPPED = 3  # code of a SYNC event: the kernel lost events
CAPS_LED = 1
ENTER, KEYPAD_ENTER, TAB, CAPS_LOCK = 28, 96, 15, 58
SHIFTS, CONTROLS, ALT, ALTGR = frozenset({42, 54}), frozenset({29, 97}), 56, 100
_WRITING = frozenset(code for row in ROWS.values() for code in row) | frozenset(EXTRA)
LONGEST = 8192
"""Characters of one line."""
UNFINISHED = 1.0
"""Seconds of silence after which a line without its end is over."""


class End(StrEnum):
    """What ends a line: Enter, Tab, or silence for scanners without a suffix."""

    ENTER = "enter"
    TAB = "tab"
    SILENCE = "silence"


class EvdevProtocol(PacketProtocol):
    """Sans-I/O decoder of key events to lines; a `WireProtocol`.  ``prefix`` is what the scanner types in front."""

    header = re.compile(rb".{5}\x00{3}..[\x00-\x0f]\x00{5}[\x00-\x05\x11\x14\x15\x17]\x00.[\x00-\x02].{4}", re.DOTALL)
    header_size = EVENT.size

    def __init__(self, layout: Layout | None = None, prefix: str = "", end: End = End.ENTER) -> None:
        super().__init__()
        self._layout = layout or load_layout("us")
        self._us = load_layout("us")
        self._prefix = prefix
        self._end = end
        self._caps = False
        self._reset()

    def connected(self) -> Sequence[bytes]:
        """Forget the half line and all keys that were down."""
        self._reset()
        return super().connected()

    def size(self, buffer: bytearray, at: int) -> int:
        """Always 24 bytes."""
        return EVENT.size

    def intact(self, packet: bytes) -> bool:
        """Microseconds below a million; a key goes up, down or repeats; a synchronisation has no value."""
        _, micro, kind, code, value = EVENT.unpack(packet)
        if kind == SYNC:
            return micro < 1_000_000 and code <= DROPPED and value in (0, 1)
        return micro < 1_000_000 and (kind != KEY or value in (0, 1, 2))

    def take(self, packet: bytes, output: Output) -> None:
        """Follow the keys; a line that is ended is a read."""
        _, _, kind, code, value = EVENT.unpack(packet)
        if kind == KEY and value != 2:  # the repeat of a key held down is the kernel's, not the scanner's
            self._key(code, value == 1, output)
        elif kind == LED and code == CAPS_LED:
            self._caps = bool(value)
        elif kind == SYNC and code == DROPPED:
            self._reset()
            self._spoilt = "the system lost key events"

    def idle(self, elapsed: float) -> Output:
        """End a line that has no end, as a read or as noise."""
        output = super().idle(elapsed)
        if elapsed < UNFINISHED or not (self._text or self._spoilt):
            return output
        if self._end is End.SILENCE or self._spoilt:
            self._line(output)
        else:
            output.notices.append(self.unended())
            self._forget()
        return output

    @property
    def waits(self) -> bool:
        """Whether part of a line was typed that does not end by silence."""
        return bool(self._text) and self._end is not End.SILENCE

    def unended(self) -> Notice:
        """What was typed without the key that ends it, and what to set so that it comes."""
        text = f"{len(self._text)} characters were typed without {self._end.value} at their end: {self._text[:32]!r}"
        other = " or ".join(f"end={end.value}" for end in End if end is not self._end)
        key = self._end.value.capitalize()
        remedy = f"set the scanner's suffix to {key}, or write {other} in the URL of the device"
        return Notice(kind=NO_END, text=text, fields={"remedy": remedy})

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """Type, code and value."""
        _, _, kind, code, value = EVENT.unpack(packet)
        return [{"type": kind, "code": code, "value": value}]

    def _reset(self) -> None:
        self._down: set[int] = set()
        self._text = ""
        self._dead: Chain = ()
        self._digits = ""
        self._spoilt = ""

    def _key(self, code: int, pressed: bool, output: Output) -> None:
        if pressed:  # even of a key that is down: then its release was lost
            self._pressed(code, output)
        elif not pressed and code == ALT and self._digits:
            self._type(_of_digits(self._digits))
            self._digits = ""
        if not pressed:
            self._down.discard(code)
        elif len(self._down) < 64:
            self._down.add(code)

    def _pressed(self, code: int, output: Output) -> None:
        if code == CAPS_LOCK:
            self._caps ^= not self._layout.caps_by_shift or bool(self._down & SHIFTS)
        elif code in (ENTER, KEYPAD_ENTER) or (code == TAB and self._end is End.TAB):
            self._line(output)
        elif ALT in self._down and KEYPAD.get(code, "").isdigit():
            self._digits = (self._digits + KEYPAD[code])[-6:]
        elif code == TAB:
            self._type("\t")
        elif code not in SHIFTS | CONTROLS | {ALT, ALTGR}:
            self._write(code, output)

    def _write(self, code: int, output: Output) -> None:
        """Type the character of a key; CR and LF by Ctrl end the line as Enter does."""
        dead, sign = self._dead, self._character(code)
        if sign in ("\r", "\n"):
            self._line(output)
        elif not sign and code in _WRITING and self._dead == dead:
            self._spoilt = self._spoilt or f"key {code} has no character in layout {self._layout.name}"
        else:
            self._type(sign)

    def _character(self, code: int) -> str:
        if code in FUNCTION_KEYS:
            return FUNCTION_KEYS[code]
        shift, control = bool(self._down & SHIFTS), bool(self._down & CONTROLS)
        altgr = ALTGR in self._down or (control and ALT in self._down)  # Windows takes Ctrl and Alt for AltGr
        key = self._layout.key(code, shift=shift, altgr=altgr, caps=self._caps)
        if control and not altgr:
            own = key if isinstance(key, str) else ""
            us = self._us.character(code, shift=shift, altgr=False, caps=False)
            sign = self._layout.character(code, shift=shift, altgr=False, caps=False)
            return control_character(sign, us, own=bool(own))
        if isinstance(key, Dead):
            return self._accented(key.name)
        if self._dead and key:
            key, self._dead = compose(self._dead, key), ()
        return key

    def _accented(self, name: str) -> str:
        """A dead key waits for more, unless it makes a character with those before it, or nothing at all."""
        chain, self._dead = self._dead, ()
        if chain and (made := composed_dead(chain, name)):
            return made
        if waits((*chain, name)):
            self._dead = (*chain, name)
            return ""
        self._dead = (name,)
        return accents(chain)

    def _type(self, signs: str) -> None:
        if len(self._text) + len(signs) > LONGEST:
            self._text = ""
            self._spoilt = f"longer than {LONGEST} characters"
        elif not self._spoilt:
            self._text += signs

    def _forget(self) -> None:
        self._text = self._digits = self._spoilt = ""
        self._dead = ()

    def _line(self, output: Output) -> None:
        text, spoilt = self._text + accents(self._dead), self._spoilt
        self._forget()
        if not spoilt and not text.startswith(self._prefix):
            spoilt = "no prefix in front"
        if spoilt:
            output.notices.append(Notice(kind="noise", text=f"not a label ({spoilt}): {text[:32]!r}"))
            return
        text = text.removeprefix(self._prefix)
        aim, payload = split_aim(text.encode("utf-8", "replace"))
        if payload:
            fields = {"scan": text, "data": payload.decode("utf-8")} | ({"aim": aim} if aim else {}) | named(aim)
            output.frames.append(Frame(payload=payload, aim=aim, fields=fields))


def _of_digits(digits: str) -> str:
    """The character of Alt and digits: with a leading zero Windows-1252, else code page 437, from 256 on Unicode."""
    number = int(digits)
    if number > 255:
        return chr(number) if number < 0xD800 else ""
    if number < 32 or number == 127:
        return chr(number) if number else ""
    return bytes([number]).decode("cp1252" if digits.startswith("0") else "cp437", "ignore")


def evdev_protocol(options: Options) -> EvdevProtocol:
    """The protocol as a URL configures it: ``layout`` (of `LAYOUTS`), ``prefix``, ``end`` (enter, tab, silence)."""
    return EvdevProtocol(
        load_layout(options.choice("layout", "us", {name: name for name in (*LAYOUTS, *ALIASES)})),
        options.text("prefix", ""),
        options.choice("end", "enter", {end.value: end for end in End}),
    )


def decode_evdev(data: bytes, layout: str = "us") -> list[dict[str, Any]]:
    """The lines in recorded events of a keyboard with this layout."""
    return [frame.fields for frame in EvdevProtocol(load_layout(layout)).feed(data).frames]


decode_uk = partial(decode_evdev, layout="uk")
decode_de = partial(decode_evdev, layout="de")
decode_fr = partial(decode_evdev, layout="fr")
