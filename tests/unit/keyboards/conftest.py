"""Keyboards as XKB has them: keys are pressed in its state machine, dead keys go through its compose table."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

import pytest

SHIFT, ALTGR, CAPS_LOCK, NUM_LOCK = 42, 100, 58, 69
OFFSET = 8
"""XKB counts keys from 8 on where Linux counts from 0."""


class XkbKeyboard:
    """A keyboard of one layout with Num Lock on."""

    def __init__(self, xkb: Any, context: Any, layout: str) -> None:
        self.xkb = xkb
        self.layout = layout
        self._keymap = context.keymap_new_from_names(rules="evdev", model="pc105", layout=layout)
        self._composing = context.compose_table_new_from_locale("en_US.UTF-8")

    def press(self, code: int, held: Sequence[int] = (), *, caps: bool = False) -> tuple[str, int]:
        """What a key writes, and its symbol."""
        state = self._keymap.state_new()
        for lock in [(NUM_LOCK,), *([(SHIFT, CAPS_LOCK) if self.caps_by_shift() else (CAPS_LOCK,)] if caps else [])]:
            for down in (1, 0):
                for key in lock if down else reversed(lock):
                    state.update_key(key + OFFSET, down)
        for key in held:
            state.update_key(key + OFFSET, 1)
        return state.key_get_string(code + OFFSET), state.key_get_one_sym(code + OFFSET)

    def caps_by_shift(self) -> bool:
        """Whether caps lock is Shift with its key."""
        return self.name(self._keymap.state_new().key_get_one_sym(CAPS_LOCK + OFFSET)) != "Caps_Lock"

    def name(self, symbol: int) -> str:
        """The name of a symbol."""
        return str(self.xkb.keysym_get_name(symbol))

    def symbol(self, sign: str) -> int:
        """The symbol of a character."""
        return int(self.xkb.keysym_from_name(f"U{ord(sign):04X}"))

    def compose(self, symbols: Sequence[int]) -> str | None:
        """What a sequence makes; None while it goes on, "" for nothing."""
        state = self._composing.compose_state_new()
        for symbol in symbols:
            state.feed(symbol)
        word = self.xkb.ComposeStatus(state.get_status()).name
        if word.endswith("COMPOSING"):
            return None
        return str(state.get_utf8()) if word.endswith("COMPOSED") else ""

    def types(self, presses: Sequence[tuple[int, Sequence[int]]], *, caps: bool = False) -> str | None:
        """What the host writes; None where it swallows a key."""
        text, waiting = "", []
        for code, held in presses:
            written, symbol = self.press(code, held, caps=caps)
            dead = self.name(symbol).startswith("dead_")
            if not dead and not written:
                return None
            if not dead and not waiting:
                text += written
                continue
            waiting.append(symbol if dead else self.symbol(written))
            made = self.compose(waiting)
            if made == "":
                return None
            if made:
                text, waiting = text + made, []
        return None if waiting else text


@pytest.fixture(scope="session")
def keyboards(lacking: Callable[[str], NoReturn]) -> Iterator[Callable[[str], XkbKeyboard]]:
    """Layout -> its keyboard."""
    try:
        from xkbcommon import xkb
    except ImportError:
        lacking("the binding xkbcommon is not installed: sh setup.sh test installs it and what it needs")
    context = xkb.Context()
    made: dict[str, XkbKeyboard] = {}

    def keyboard(layout: str) -> XkbKeyboard:
        if layout not in made:
            made[layout] = XkbKeyboard(xkb, context, layout)
        return made[layout]

    yield keyboard
