"""The layouts of keyboard scanners are XKB's: every key in every layer, and every sequence of dead keys."""

import importlib.util
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

from drivers.protocols.evdev import ENTER, EVENT, KEY, EvdevProtocol
from drivers.protocols.keyboards import EXTRA, KEYPAD, LAYERS, LAYOUTS, ROWS, Dead, load_layout
from drivers.protocols.keyboards.composing import accents, compose, composed_dead, waits

ROOT = Path(__file__).resolve().parents[3]
SHIFT, ALTGR = 42, 100
HELD = {"plain": (), "shift": (SHIFT,), "altgr": (ALTGR,), "altgr_shift": (ALTGR, SHIFT)}
CODES = sorted({code for row in ROWS.values() for code in row} | set(EXTRA))
WITHOUT_ALTGR = {"us", "jp"}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_key_of_every_layer_writes_what_xkb_says(keyboards, name: str) -> None:
    layout, keyboard = load_layout(name), keyboards(name)
    differing = []
    for caps, layer, code in product((False, True), LAYERS, CODES):
        if ("altgr" in layer and name in WITHOUT_ALTGR) or (code == 83 and layer != "plain"):
            continue  # such a layout has no AltGr; Shift turns the point of the number block into a key that deletes
        written, symbol = keyboard.press(code, HELD[layer], caps=caps)
        word = keyboard.name(symbol)
        expected = Dead(word.removeprefix("dead_")) if word.startswith("dead_") else written
        ours = layout.key(code, shift="shift" in layer, altgr="altgr" in layer, caps=caps)
        if ours != expected:
            differing.append((caps, layer, code, ours, expected))
    assert differing == []
    assert layout.caps_by_shift == keyboard.caps_by_shift()


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_number_block_and_altgr_are_as_xkb_says(keyboards, name: str) -> None:
    keyboard = keyboards(name)
    assert {code: keyboard.press(code)[0] for code in KEYPAD} == KEYPAD
    has_altgr = keyboard.name(keyboard.press(ALTGR)[1]) == "ISO_Level3_Shift"
    assert has_altgr == (name not in WITHOUT_ALTGR) == bool(load_layout(name).layers["altgr"].get(3))


def reachable(name: str) -> tuple[set[str], set[str]]:
    """The characters and the dead keys of a layout."""
    found = {sign for layer in load_layout(name).layers.values() for sign in layer.values()}
    return {sign for sign in found if isinstance(sign, str)}, {sign.name for sign in found if isinstance(sign, Dead)}


def test_every_sequence_of_dead_keys_makes_what_xkb_composes(keyboards) -> None:
    """Up to three dead keys of one layout and any of its characters; where XKB makes nothing, both are written."""
    keyboard, checked = keyboards("us"), set()
    for name in LAYOUTS:
        signs, names = reachable(name)
        chains = [(first,) for first in sorted(names)]
        while chains:
            chain = chains.pop()
            symbols = [keyboard.xkb.keysym_from_name(f"dead_{one}") for one in chain]
            for sign in signs:
                if (chain, sign) not in checked:
                    checked.add((chain, sign))
                    made = keyboard.compose([*symbols, keyboard.symbol(sign)])
                    assert compose(chain, sign) == (made or accents(chain) + sign), (chain, sign)
            for after in names:
                made = keyboard.compose([*symbols, keyboard.xkb.keysym_from_name(f"dead_{after}")])
                assert composed_dead(chain, after) == (made or "")
                assert waits((*chain, after)) == (made is None)
                if made is None:
                    chains.append((*chain, after))
    assert len(checked) > 5_000


def press(*codes: int) -> bytes:
    down = b"".join(EVENT.pack(1, 5, KEY, code, 1) for code in codes)
    return down + b"".join(EVENT.pack(1, 5, KEY, code, 0) for code in reversed(codes))


@pytest.mark.parametrize("name", LAYOUTS)
def test_two_keys_come_through_the_driver_as_the_host_would_have_them(keyboards, full: bool, name: str) -> None:
    keyboard, protocol = keyboards(name), EvdevProtocol(load_layout(name))
    layers = {layer: held for layer, held in HELD.items() if "altgr" not in layer or name not in WITHOUT_ALTGR}
    keys = [(code, held) for code in CODES if code != 83 for held in layers.values()]
    for at, pair in enumerate(product(keys, keys)):
        if at % (19 if full else 97):
            continue
        expected = keyboard.types(pair)
        if expected is not None and expected.strip():
            wire = b"".join(press(*held, code) for code, held in pair) + press(ENTER)
            assert [frame.payload.decode() for frame in protocol.feed(wire).frames] == [expected], pair


@pytest.fixture(scope="session")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_keyboards", ROOT / "tools" / "make_keyboards.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_files_are_what_the_script_makes(keyboards, script: ModuleType, tmp_path: Path) -> None:
    script.main([str(tmp_path)])
    made = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) == len(LAYOUTS) + 2
    assert [name for name, text in made.items() if (ROOT / name).read_bytes() != text] == []
    assert sorted(LAYOUTS) == sorted(script.LAYOUTS)
