"""How a keyboard wedge types a text: key events of a layout, with a clock of its own."""

from collections.abc import Iterable

from drivers.protocols.evdev import ALT, ALTGR, ENTER, EVENT, KEY, SYNC
from drivers.protocols.keyboards import KEYPAD, KEYPAD_POINT, LAYERS, SPACE, Dead, Layout, load_layout
from drivers.protocols.keyboards.composing import compose

SHIFT, CONTROL = 42, 29
_NUMBERS = {sign: code for code, sign in KEYPAD.items()}
_SECOND = 1_000_000


class Typist:
    """Types texts; ``now`` (microseconds) is the time of the next event and may be set to any other."""

    def __init__(self, layout: str = "us", now: int = 1_700_000_000 * _SECOND) -> None:
        self.now = now
        self._layout: Layout = load_layout(layout)
        # a scanner that knows no layout sends control characters by the places of the US keyboard
        self._us = load_layout("us")

    def line(self, text: str) -> bytes:
        """The events of ``text`` and Enter."""
        return b"".join(map(self._sign, text)) + self.press(ENTER)

    def press(self, *codes: int) -> bytes:
        """Keys that go down in this order and up in the other."""
        return self._events((code, 1) for code in codes) + self._events((code, 0) for code in reversed(codes))

    def _sign(self, sign: str) -> bytes:
        if ord(sign) < 0x20:
            key = chr(ord(sign) | 0x40).lower()
            code = next((code for code, found in self._us.layers["plain"].items() if found == key), None)
            return self.press(CONTROL, code) if code is not None else self._by_number(sign)
        if sign == " ":
            return self.press(SPACE)
        for layer in LAYERS:
            held = tuple(code for word, code in (("altgr", ALTGR), ("shift", SHIFT)) if word in layer)
            for code, found in self._layout.layers[layer].items():
                if found == sign and code != KEYPAD_POINT:
                    return self.press(*held, code)
                if isinstance(found, Dead) and compose((found.name,), " ") == sign:
                    return self.press(*held, code) + self.press(SPACE)
        return self._by_number(sign)

    def _by_number(self, sign: str) -> bytes:
        """Alt and the digits of the sign's code on the number block."""
        digits = str(ord(sign)) if ord(sign) > 255 else f"0{ord(sign):03}"
        typed = b"".join(self.press(_NUMBERS[digit]) for digit in digits)
        return self._events([(ALT, 1)]) + typed + self._events([(ALT, 0)])

    def _events(self, keys: Iterable[tuple[int, int]]) -> bytes:
        events = b""
        for code, value in keys:
            events += EVENT.pack(*divmod(self.now, _SECOND), KEY, code, value)
            events += EVENT.pack(*divmod(self.now, _SECOND), SYNC, 0, 0)
            self.now += 500
        return events
