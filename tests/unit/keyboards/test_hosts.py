"""What a scanner with US keys types on a host of another layout is undone, or refused by name; the host is XKB's."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.protocols.evdev import EvdevProtocol
from drivers.protocols.keyboards import load_layout
from drivers.simulators.keystrokes import Typist
from scanstation.identity import IdentityError, IdentityReason, Repair, repair
from scanstation.identity.hosts import ALIASES, HOSTS, host

SHIFT = 42
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-./ "
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "keyboard-wedge.md"


def us_keys(text: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    layers = load_layout("us").layers
    for sign in text:
        for layer, held in (("plain", ()), ("shift", (SHIFT,))):
            code = next((code for code, found in layers[layer].items() if found == sign and code != 83), None)
            if code is not None:
                yield code, held
                break


def undone(typed: str, layout: str, *, caps: bool = False, whole_keys: bool = False) -> str:
    text, _ = repair(typed.encode(), Repair(layout=layout, caps_lock=caps), whole_keys=whole_keys)
    return text if isinstance(text, str) else text.decode()


def payloads(layout: str, count: int) -> Iterator[str]:
    rng = random.Random(layout)
    dead = "".join(sign for sign, written in host(layout).keys.items() if written.startswith("dead_"))
    for _ in range(count):
        signs = rng.choice([PRINTABLE, PLAIN, PLAIN + dead * 4])
        yield "".join(rng.choices(signs, k=rng.randint(1, 24)))


@pytest.mark.parametrize("layout", HOSTS)
@pytest.mark.parametrize("caps", [False, True])
def test_what_comes_back_is_what_was_meant_or_it_is_refused(keyboards, full: bool, layout: str, caps: bool) -> None:
    """Only the pairs that `Host.taken` names are read as the common sign that comes as the same."""
    keyboard, taken, heard = keyboards(layout), host(layout, caps_lock=caps).taken, 0
    for text in payloads(layout, 2_000 if full else 60):
        typed = keyboard.types(list(us_keys(text)), caps=caps)
        if typed is None:  # a key was swallowed: the page gives up such a scan
            continue
        heard += 1
        try:
            assert undone(typed, layout, caps=caps) == text or any(pair in text for pair in taken)
        except IdentityError as error:
            assert error.reason is IdentityReason.CHARACTER
            assert any(sign in text for sign in host(layout, caps_lock=caps).lost())
    assert heard > 20


@pytest.mark.parametrize("layout", HOSTS)
def test_without_the_signs_that_a_layout_loses_every_payload_comes_back(keyboards, layout: str) -> None:
    keyboard, kept = keyboards(layout), [sign for sign in PRINTABLE if sign not in host(layout).lost()]
    assert set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-./ ") <= set(kept)
    for way in (kept, kept[::-1]):
        text = "".join(way)
        assert undone(keyboard.types(list(us_keys(text))) or "", layout) == text


@pytest.mark.parametrize("layout", HOSTS)
def test_a_page_that_gives_up_dead_keys_believes_each_key(keyboards, layout: str) -> None:
    """There only a sign that comes as another key's does is refused, as ) and + on Japanese hosts."""
    keyboard = keyboards(layout)
    for sign, written in host(layout).keys.items():
        if not written or written.startswith("dead_"):
            continue
        typed = keyboard.types(list(us_keys(sign)))
        assert typed == written
        if layout == "jp" and sign in ")+":
            with pytest.raises(IdentityError, match=r"'~', which may be '\)' or '\+'"):
                undone(typed, layout, whole_keys=True)
        else:
            assert undone(typed, layout, whole_keys=True) == sign


@pytest.mark.parametrize(
    ("layout", "typed", "meant"),
    [
        ("de", "LOT/7ê", "LOT&7`e"),
        ("de", "LÀB", "L+AB"),
        ("pt", "ã'9", "\\a-9"),
        ("es", "L'4ñ9", "L-4;9"),
        ("tr", "ıi İI", "i' \"I"),
    ],
)
def test_composed_letters_are_taken_apart(layout: str, typed: str, meant: str) -> None:
    assert undone(typed, layout) == meant


@pytest.mark.parametrize(("layout", "typed"), [("de", "A^B"), ("de", "A'B"), ("se", "5ä"), ("jp", "~"), ("cz", "ů")])
def test_what_may_be_two_things_is_refused_with_both(layout: str, typed: str) -> None:
    with pytest.raises(IdentityError, match=f"keyboard layout {layout} at .* which may be .* or ") as caught:
        undone(typed, layout)
    assert caught.value.reason is IdentityReason.CHARACTER


def test_caps_lock_turns_only_the_keys_that_it_turns_on_this_host() -> None:
    assert undone("Loc)q)À&", "fr", caps=True) == "lOC-A-01"
    assert undone("Ö1zY", "de", caps=True) == ";1Yz"
    assert undone("12", "us", caps=True) == "12"
    assert undone("aB", "us", caps=True) == "Ab"


def test_another_name_of_a_layout_is_that_layout() -> None:
    assert {name: undone('"@', name) for name in (*ALIASES, "gb")} == {"uk": '@"', "gb": '@"'}


@pytest.mark.parametrize("layout", HOSTS)
def test_a_scanner_with_the_layout_of_its_setting_is_captured_as_it_is(layout: str) -> None:
    for text in [PRINTABLE, *payloads(layout, 20)]:
        [frame] = EvdevProtocol(load_layout(layout)).feed(Typist(layout).line(text)).frames
        assert frame.payload.decode() == text.removeprefix(frame.aim)


def test_the_guide_says_what_each_layout_loses() -> None:
    def code(sign: str) -> str:
        return ("`` ` ``" if sign == "`" else f"`{sign}`").replace("|", "\\|")

    rows = []
    for name in HOSTS:
        written = host(name).keys
        dead = [sign for sign in written if written[sign].startswith("dead_")]
        refused = [sign for sign in host(name).lost() if sign not in dead]
        taken = [f"{code(pair)} as {meant}" for pair, meant in sorted(host(name).taken.items())]
        columns = " | ".join([" ".join(map(code, dead)), " ".join(map(code, refused)), ", ".join(taken)])
        rows.append(f"| {name} | {columns} |")
    table = "\n".join(rows)
    assert table in GUIDE.read_text("utf-8"), f"the table of docs/keyboard-wedge.md is:\n{table}"
