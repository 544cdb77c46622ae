"""Keyboard wedges: recorded key events become what was on the label, in every layout."""

import os
import random

import pytest

from drivers.errors import DriverError
from drivers.protocols import decode, make_protocol
from drivers.protocols.evdev import ALT, ALTGR, CAPS_LED, CAPS_LOCK, ENTER, EVENT, KEY, LED, SYNC, EvdevProtocol
from drivers.protocols.keyboards import KEYPAD, LAYOUTS, Dead, Layout, load_layout
from drivers.protocols.keyboards.composing import compose
from drivers.url import Options, parse_url

SHIFT, CONTROL = 42, 29


def event(kind: int, code: int, value: int) -> bytes:
    return EVENT.pack(1_700_000_000, 5, kind, code, value) + EVENT.pack(1_700_000_000, 5, SYNC, 0, 0)


def press(*codes: int) -> bytes:
    """Keys that go down in this order and up in the other."""
    down = b"".join(event(KEY, code, 1) for code in codes)
    return down + b"".join(event(KEY, code, 0) for code in reversed(codes))


HELD = {"plain": (), "shift": (SHIFT,), "altgr": (ALTGR,), "altgr_shift": (ALTGR, SHIFT)}


def typed(layout: Layout, text: str) -> bytes:
    """Recorded events of a scanner that types ``text`` in ``layout``; what has no key comes as Alt and digits."""
    return b"".join(sign_typed(layout, sign) for sign in text) + press(ENTER)


def sign_typed(layout: Layout, sign: str) -> bytes:
    for layer, held in HELD.items():
        for code, found in layout.layers[layer].items():
            if found == sign:
                return press(*held, code)
            if isinstance(found, Dead) and compose((found.name,), " ") == sign:
                return press(*held, code) + press(57)
    return alt(f"0{ord(sign)}")


def through_a_pipe(wire: bytes, protocol: EvdevProtocol, portion: int) -> list[bytes]:
    """Written to a pipe and read in portions, as from the device file."""
    near, far = os.pipe()
    payloads = []
    try:
        for at in range(0, len(wire), 4096):
            os.write(far, wire[at : at + 4096])
            rest = len(wire[at : at + 4096])
            while rest:
                data = os.read(near, portion)
                rest -= len(data)
                payloads += [frame.payload for frame in protocol.feed(data).frames]
    finally:
        os.close(near)
        os.close(far)
    return payloads


def scans(wire: bytes, layout: str = "us", **settings) -> list[str]:
    output = EvdevProtocol(load_layout(layout), **settings).feed(wire)
    return [frame.payload.decode() for frame in output.frames]


@pytest.mark.parametrize("portion", [240, 7])
@pytest.mark.parametrize("name", [*LAYOUTS, "uk"])
def test_every_printable_sign_of_a_label_comes_through(name: str, portion: int) -> None:
    text = "".join(map(chr, range(0x20, 0x7F)))
    wire = typed(load_layout(name), text) + typed(load_layout(name), "(01)09506000134352")
    protocol = EvdevProtocol(load_layout(name))
    assert through_a_pipe(wire, protocol, portion) == [text.encode(), b"(01)09506000134352"]


def test_the_layouts_of_the_settings_are_there_and_uk_is_gb() -> None:
    expected = "be ch cz de dk es fi fr gb hu it jp nl no pl pt se tr us"
    assert " ".join(LAYOUTS) == expected
    assert load_layout("uk") == load_layout("gb")
    wire = press(44) + press(16) + press(2) + press(ENTER)
    heard = {name: scans(wire, name)[0] for name in LAYOUTS}
    assert heard["us"] == heard["jp"] == "zq1"
    assert {name: text for name, text in heard.items() if text != "zq1"} == {
        "be": "wa&", "ch": "yq1", "cz": "yq+", "de": "yq1", "fr": "wa&", "hu": "yq1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "wire", "text"),
    [
        ("uk", press(SHIFT, 4) + press(ALTGR, 5) + press(43), "£€#"),
        ("de", press(39) + press(SHIFT, 12) + press(ALTGR, 16), "ö?@"),
        ("de", press(13) + press(18), "é"),
        ("de", press(41) + press(57), "^"),
        ("de", press(13) + press(45), "´x"),
        ("de", press(13) + press(13), "´"),
        ("de", press(13) + press(57), "'"),
        ("de", press(13) + press(41) + press(30), "ấ"),
        ("de", press(41) + press(SHIFT, 13) + press(41) + press(44), "^`ŷ"),
        ("be", press(ALTGR, 13) + press(46), "ç"),
        ("gb", press(ALTGR, 39) + press(18), "é"),
        ("gb", press(ALTGR, SHIFT, 43) + press(30), "ă"),
        ("nl", press(26) + press(18) + press(86), "ë]"),
        ("tr", press(23) + press(40) + press(SHIFT, 40), "ıiİ"),
        ("de", press(83) + press(121) + press(71), ",.7"),
        ("pl", press(ALTGR, 57) + press(ALTGR, 30), "\u00a0ą"),
        ("jp", press(124) + press(89) + press(SHIFT, 89), "\\\\_"),
        ("fr", press(26) + press(18) + press(SHIFT, 3), "ê2"),
        ("us", press(42, 30) + press(54, 48), "AB"),
        ("us", press(*list(KEYPAD)[:1]) + press(82) + press(98), "70/"),
    ],
)
def test_modifiers_and_accents(name: str, wire: bytes, text: str) -> None:
    assert scans(wire + press(ENTER), name) == [text]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("keys", [(CONTROL, 27), (CONTROL, 6)])
def test_the_group_separator_is_control_and_bracket_or_five(layout: str, keys: tuple[int, ...]) -> None:
    keys = (CONTROL, 43) if layout == "jp" and 27 in keys else keys  # the key of ] there
    wire = press(3) + press(*keys) + press(3) + press(ENTER)
    sign = load_layout(layout).character(3, shift=False, altgr=False, caps=False)
    assert scans(wire, layout) == [f"{sign}\x1d{sign}"]


@pytest.mark.parametrize(
    ("key", "sign"), [(65, "\x1c"), (66, "\x1d"), (67, "\x1e"), (68, "\x1f"), (59, "\x16"), (87, "\x10")]
)
def test_separators_come_as_function_keys_too(key: int, sign: str) -> None:
    """Honeywell's user guides: FS, GS, RS and US are F7 to F10 while Control+X mode is off."""
    assert scans(press(3) + press(key) + press(3) + press(ENTER)) == [f"2{sign}2"]


@pytest.mark.parametrize(
    ("keys", "sign"),
    [
        ((CONTROL, 43), "\x1c"),
        ((CONTROL, SHIFT, 7), "\x1e"),
        ((CONTROL, 7), "\x1e"),
        ((CONTROL, 12), "\x1f"),
        ((CONTROL, 4), "\x1b"),
        ((CONTROL, 5), "\x1c"),
        ((CONTROL, 8), "\x1f"),
        ((CONTROL, 53), "\x1f"),
        ((CONTROL, 32), "\x04"),
    ],
)
def test_the_other_separators_are_control_with_a_key(keys: tuple[int, ...], sign: str) -> None:
    assert scans(press(3) + press(*keys) + press(3) + press(ENTER)) == [f"2{sign}2"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_separators_by_control_are_at_the_places_of_the_us_keyboard_in_every_layout(layout: str) -> None:
    """A sign of theirs that has a key of its own elsewhere is theirs there too, as on the Japanese keyboard."""
    keys = {26: "\x1b", 43: "\x1c", 27: "\x1d", 7: "\x1e", 12: "\x1f"}
    if layout == "jp":
        keys = {27: "\x1b", 89: "\x1c", 43: "\x1d", 13: "\x1e", 12: "\x1f"}
    wire = b"".join(press(CONTROL, key) for key in keys)
    assert scans(press(5) + wire + press(57) + press(ENTER), layout)[0][1:] == "".join(keys.values()) + " "


@pytest.mark.parametrize("layout", ["be", "cz", "fr"])
def test_a_digit_by_shift_is_a_control_character_too(layout: str) -> None:
    assert (
        scans(press(30) + press(CONTROL, SHIFT, 6) + press(CONTROL, SHIFT, 7) + press(ENTER), layout)[0][1:]
        == "\x1d\x1e"
    )


def test_control_with_a_letter_is_that_of_the_layout() -> None:
    assert scans(press(5) + press(CONTROL, 16) + press(CONTROL, 30) + press(ENTER), "fr") == ["'\x01\x11"]
    assert scans(press(5) + press(CONTROL, 39) + press(5) + press(CONTROL, 50), "fr") == ["'", "'"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_row_of_key_events_ever_raises(layout: str) -> None:
    rng = random.Random(7)
    codes = [*range(1, 128), *(SHIFT, CONTROL, ALT, ALTGR, CAPS_LOCK, ENTER) * 8]
    protocol = EvdevProtocol(load_layout(layout))
    for _ in range(20_000):
        protocol.feed(EVENT.pack(1, 5, KEY, rng.choice(codes), rng.randint(0, 2)))


@pytest.mark.parametrize("end", [press(ENTER) + press(CONTROL, 36), press(CONTROL, 50) + press(CONTROL, 36)])
def test_carriage_return_and_line_feed_by_control_end_the_line_once(end: bytes) -> None:
    assert scans((press(30) + end) * 3) == ["a"] * 3


@pytest.mark.parametrize(("layout", "key"), [("de", 16), ("fr", 11)])
def test_control_with_alt_is_altgr(layout: str, key: int) -> None:
    assert scans(press(CONTROL, ALT, key) + press(ALTGR, key) + press(CONTROL, ALTGR, key) + press(ENTER), layout) == [
        "@@@"
    ]


@pytest.mark.parametrize("keys", [(ALTGR, 30), (CONTROL, 2), (CONTROL, ALT, 30), (89,)])
def test_a_key_without_a_character_spoils_its_line_and_only_that(keys: tuple[int, ...]) -> None:
    protocol = EvdevProtocol()
    output = protocol.feed(press(30) + press(*keys) + press(48) + press(ENTER) + press(46) + press(ENTER))
    assert [frame.payload for frame in output.frames] == [b"c"]
    [notice] = output.notices
    assert notice.kind == "noise" and "has no character in layout us" in notice.text


@pytest.mark.parametrize("key", [1, 69, 70, 110, 113, 125])
def test_keys_that_never_write_change_nothing(key: int) -> None:
    assert scans(press(30) + press(key) + press(48) + press(ENTER)) == ["ab"]


def alt(digits: str) -> bytes:
    codes = {sign: code for code, sign in KEYPAD.items()}
    return event(KEY, ALT, 1) + b"".join(press(codes[digit]) for digit in digits) + event(KEY, ALT, 0)


def test_alt_and_digits_give_any_sign() -> None:
    wire = alt("0029") + alt("29") + alt("065") + alt("0228") + alt("132") + alt("8364") + press(ENTER)
    assert scans(wire) == ["\x1d\x1dAää€"]


def test_caps_lock_turns_letters_whether_pressed_or_told_by_its_light() -> None:
    body = press(30) + press(2) + press(SHIFT, 30) + press(SHIFT, 2) + press(ENTER)
    assert scans(press(CAPS_LOCK) + body + press(CAPS_LOCK) + body) == ["A1a!", "a1A!"]
    assert scans(event(LED, CAPS_LED, 1) + body) == ["A1a!"]


def test_caps_lock_of_a_japanese_keyboard_is_shift_with_its_key() -> None:
    body = press(30) + press(ENTER)
    assert scans(press(CAPS_LOCK) + body + press(SHIFT, CAPS_LOCK) + body, "jp") == ["a", "A"]


def test_prefix_suffix_and_aim() -> None:
    us = load_layout("us")
    protocol = EvdevProtocol(us, prefix="~")
    output = protocol.feed(typed(us, "~]C0LOC-1") + typed(us, "typed by hand"))
    assert [(frame.aim, frame.payload) for frame in output.frames] == [("]C0", b"LOC-1")]
    assert [notice.kind for notice in output.notices] == ["noise"]
    options = Options(parse_url("evdev:x?protocol=evdev&end=tab&layout=de", "evdev:x"), "evdev:x")
    tab = make_protocol(options)
    options.finish()
    assert [frame.payload for frame in tab.feed(press(44) + press(15)).frames] == [b"y"]
    options = Options(parse_url("evdev:x?protocol=evdev&layout=klingon", "evdev:x"), "evdev:x")
    make_protocol(options)
    with pytest.raises(DriverError, match=r"must be one of be, ch, .*, us, uk"):
        options.finish()


def test_a_decoded_line_names_its_symbology() -> None:
    assert decode("evdev", typed(load_layout("us"), "]C0LOC-1")) == [
        {"scan": "]C0LOC-1", "data": "LOC-1", "aim": "]C0", "symbology": "CODE128"}
    ]


def test_a_line_without_its_end_is_no_read_unless_silence_is_the_end() -> None:
    from drivers.protocols.evdev import End

    protocol = EvdevProtocol()
    protocol.feed(press(30))
    protocol.feed(press(48))
    assert protocol.waits
    [told] = protocol.idle(1.0).notices
    assert told.kind == "no_end" and told.text == "2 characters were typed without enter at their end: 'ab'"
    assert told.fields["remedy"].startswith("set the scanner's suffix to Enter, or write end=tab or end=silence")
    assert [frame.payload for frame in protocol.feed(press(48) + press(ENTER)).frames] == [b"b"]
    silent = EvdevProtocol(end=End.SILENCE)
    silent.feed(press(30))
    assert [frame.payload for frame in silent.idle(1.0).frames] == [b"a"]


def test_lost_events_spoil_the_line_and_only_that() -> None:
    wire = press(30) + EVENT.pack(1, 0, SYNC, 3, 0) + press(48) + press(ENTER) + press(46) + press(ENTER)
    assert scans(wire) == ["c"]


def test_the_repeat_of_a_held_key_is_not_typed() -> None:
    wire = event(KEY, 30, 1) + event(KEY, 30, 2) * 5 + event(KEY, 30, 0) + press(ENTER)
    assert scans(wire) == ["a"]
