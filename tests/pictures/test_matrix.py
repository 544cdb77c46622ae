"""Every symbology that the camera offers, drawn by two generators: what was drawn is read, or nothing."""

import random
import string
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from drivers.camera import read_frame
from drivers.camera.judge import has_gs1_check_digit

COUNT, SMALL = 200, 3
"""Payloads of a symbology at full count and in `make test`; each is drawn by every generator."""

READ = 0.99
"""Share that must be read, where `LESS` does not say why not."""

LESS = {"GS1 Aztec": 0.97}
"""zxing-cpp 3.1.1 loses one of 60 that are turned by three degrees, with two pixels a module."""

UPRIGHT = frozenset({"MaxiCode", "rMQR"})
"""zxing-cpp 3.1.1 finds a MaxiCode, and an rMQR of 59 columns and more, only where it is not turned."""

NO_PERCENT = frozenset({"gs1qrcode"})
"""BWIPP (bwip-js 4.11.4) writes two for each % of a GS1 QR in byte mode too, where it stands for itself: the symbol
says another lot than it was given."""

GS = "\x1d"
CODE_39 = string.digits + string.ascii_uppercase + "-. $/+%"
AI_82 = string.ascii_letters + string.digits + "!\"%&'*+,-./:;<=>?_"
"""What a lot or a serial may hold, but for the brackets, in which the generators want the identifiers."""


@dataclass(frozen=True)
class Row:
    """One line of matrix.tsv."""

    name: str
    payload: str
    zint: str
    bwipp: str
    symbology: str
    aim: str


def rows() -> Iterator[Row]:
    for line in (Path(__file__).parent / "matrix.tsv").read_text("ascii").splitlines():
        if not line.startswith("#"):
            yield Row(*line.split("\t"))


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.digits, k=count))


def checked(body: str) -> str:
    return next(body + last for last in string.digits if has_gs1_check_digit(body + last))


def upc_e(rng: random.Random) -> str:
    """Seven digits of a UPC-E; a zero that another last digit would have left out is none."""
    while True:
        body, last = digits(rng, 5), rng.choice(string.digits)
        needed = {"3": body[2] not in "012", "4": body[3] != "0"}.get(last, body[4] != "0" or last in "012")
        if needed:
            return f"0{body}{last}"


def expanded(upc_e: str) -> str:
    """The GTIN-13 of the seven digits of a UPC-E (GS1 General Specifications 5.2.2.4.2)."""
    body, last = upc_e[1:6], upc_e[6]
    inner = {"0": 2, "1": 2, "2": 2, "3": 3, "4": 4}.get(last, 5)
    company = body[:inner] + (last if last in "012" else "")
    item = body[inner:] + (last if last in "56789" else "")
    return checked("00" + company + item.rjust(10 - len(company), "0"))


def of(rng: random.Random, letters: str, low: int, high: int) -> str:
    return "".join(rng.choices(letters, k=rng.randint(low, high)))


def element_values(rng: random.Random, longest: int) -> list[tuple[str, str]]:
    """A GTIN and some of what may stand behind it, with letters of both cases and specials in lot and serial."""
    more = [
        ("10", of(rng, AI_82, 1, longest)), ("21", of(rng, AI_82, 1, longest)), ("17", "270228"), ("11", "260101"),
        ("3103", digits(rng, 6)), ("400", of(rng, AI_82, 1, longest)),
    ]  # fmt: skip
    return [("01", checked(digits(rng, 13))), *rng.sample(more, rng.randint(0, 3))]


def text(rng: random.Random) -> str:
    kinds = [
        lambda: digits(rng, rng.randint(1, 60)),
        lambda: of(rng, string.ascii_uppercase + string.digits + " $%*+-./:", 1, 60),
        lambda: of(rng, string.printable[:95], 1, 80),
        lambda: of(rng, string.ascii_lowercase, 1, 60),
        lambda: "[)>\x1e06\x1dP" + of(rng, string.ascii_uppercase, 3, 9) + "\x1dQ" + digits(rng, 2) + "\x1e\x04",
    ]
    return rng.choice(kinds)()


PLAIN: dict[str, Callable[[random.Random], str]] = {
    "ean13": lambda rng: checked(digits(rng, 12)),
    "upca": lambda rng: checked(digits(rng, 11)),
    "ean8": lambda rng: checked(digits(rng, 7)),
    "upce": upc_e,
    "code128": lambda rng: rng.choice(
        [digits(rng, rng.randint(1, 30)), of(rng, string.printable[:95], 1, 30), of(rng, "AB12\x01\x1bxy", 2, 12)]
    ),
    "latin1": lambda rng: of(rng, string.ascii_letters + "äöüßÄÖÜéèçñå°µ½", 3, 16),
    "code39": lambda rng: of(rng, CODE_39, 1, 20).strip() or "A",
    "code93": lambda rng: of(rng, rng.choice([CODE_39, string.printable[:95]]), 1, 20),
    "codabar": lambda rng: rng.choice("ABCD") + of(rng, string.digits + "-$:/.+", 3, 16) + rng.choice("ABCD"),
    "itf": lambda rng: digits(rng, rng.choice([4, 6, 8, 10, 12, 16, 18, 20])),
    "itf14": lambda rng: checked(digits(rng, 13)),
    "databar": lambda rng: checked(digits(rng, 13)),
    "limited": lambda rng: checked(rng.choice("01") + digits(rng, 12)),
    "text": text,
    "short": lambda rng: of(rng, rng.choice([string.digits, string.ascii_uppercase, string.printable[:94]]), 3, 9),
    "maxi": lambda rng: of(rng, string.ascii_uppercase + string.digits + " ", 1, 60).strip() or "A",
}
"""Kind of payload -> the text to be drawn and, but for element strings and short forms, to be read."""


ELEMENTS = {"elements": 20, "expanded": 8}
"""Kind of element strings -> characters of its longest values; a GS1 DataBar Expanded holds 41."""


@dataclass(frozen=True)
class Drawn:
    """What to draw and what must be read."""

    text: str
    brackets: str  # the text as generators of element strings take it
    expected: str
    size: int = 0


def payload(kind: str, rng: random.Random) -> Drawn:
    if kind in ELEMENTS:
        values = element_values(rng, ELEMENTS[kind])
        fixed = ("01", "17", "11", "3103")
        joined = "".join(ai + value + ("" if ai in fixed else GS) for ai, value in values)
        return Drawn("", "".join(f"({ai}){value}" for ai, value in values), joined.removesuffix(GS))
    plain = PLAIN[kind](rng)
    if kind in ("databar", "limited"):
        return Drawn(plain, f"(01){plain}", f"01{plain}")
    if kind == "upce":
        return Drawn(plain, "", expanded(plain))
    return Drawn(plain, "", plain.zfill(13) if kind == "upca" else plain, rng.randrange(34, 49))


OPTIONS = {
    "maxicode": {"mode": 4},
    "code93ext": {"includecheck": True},
    "rectangularmicroqrcode": {"version": "R13x59"},
}
"""What BWIPP leaves to be said."""

EXTENDED = ("8x48", "8x64", "8x80", "8x96", "12x64", "16x64", "24x64", "26x48")
"""Sizes of DataMatrix that only the rectangular extension has."""


def by_zint(row: Row, drawn: Drawn, draw: Any, scale: float) -> Any:
    if row.payload in ELEMENTS:
        import zint

        square = drawn.brackets.replace("(", "[").replace(")", "]")
        return draw(row.zint, square.encode(), scale, input_mode=zint.InputMode.GS1)
    settings = {"option_2": drawn.size} if row.aim == "]d7" else {}
    without_check = row.payload in ("ean13", "upca", "ean8", "itf14", "databar", "limited")
    return draw(row.zint, drawn.text[:-1] if without_check else drawn.text, scale, **settings)


def by_bwipp(row: Row, drawn: Drawn, draw: Any, scale: float) -> Any:
    options: dict[str, Any] = dict(OPTIONS.get(row.bwipp, {}))
    if row.aim == "]d7":
        options["version"] = EXTENDED[drawn.size % len(EXTENDED)]
    if row.payload in ELEMENTS:
        if row.bwipp in NO_PERCENT and "%" in drawn.brackets:
            raise ValueError("it would say another text")
        return draw(row.bwipp, drawn.brackets, scale)
    shown = drawn.brackets or drawn.text
    escaped = "".join(c if 32 <= ord(c) < 127 and c != "^" else f"^{ord(c):03}" for c in shown)
    return draw(row.bwipp, escaped if not drawn.brackets else shown, scale, parse=True, **options)


def as_seen(picture: Any, rng: random.Random, *, upright: bool = False) -> Any:
    """A label as a camera sees it: turned a little or by a quarter, slightly soft, with some noise."""
    height, width = picture.shape
    angle = 0 if upright else rng.choice([0, 0, 0, 90, 180, rng.uniform(-3, 3)])
    if angle in (90, 180):
        picture = np.ascontiguousarray(np.rot90(picture, angle // 90))
    elif angle:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
        picture = cv2.warpAffine(picture, turn, (width, height), borderValue=255, flags=cv2.INTER_CUBIC)
    if soft := rng.choice([0, 0, 0.6]):
        picture = cv2.GaussianBlur(picture, (0, 0), soft)
    noise = np.random.default_rng(rng.randrange(1 << 30)).normal(0, 5, picture.shape)
    return np.clip(picture * 0.9 + 12 + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.name)
def test_what_is_read_is_what_was_drawn(row: Row, zint: Any, bwipp: Any, full: bool) -> None:
    rng = random.Random(row.name)
    seen: Counter[str] = Counter()
    wrong: list[Any] = []
    undrawn: list[Any] = []
    count = COUNT if full else SMALL
    for _ in range(count):
        drawn = payload(row.payload, rng)
        for name, make in (("zint", by_zint), ("bwipp", by_bwipp)):
            if getattr(row, name) == "-":
                continue
            scale = 1.0 if row.name == "MaxiCode" else rng.choice([1.0, 1.5, 2.0])
            try:
                picture = make(row, drawn, zint if name == "zint" else bwipp, scale)
            except (ValueError, RuntimeError) as error:
                undrawn.append((name, drawn.text or drawn.brackets, str(error)))
                continue
            seen[name, "drawn"] += 1
            found = read_frame(as_seen(picture, rng, upright=row.name in UPRIGHT))
            expected = (drawn.expected, row.symbology, row.aim)
            if expected in [(one.text, one.symbology, one.aim) for one in found]:
                seen[name, "read"] += 1
            others = [(one.text, one.symbology, one.aim, one.engine, one.stage) for one in found]
            wrong += [(name, expected, other) for other in others if other[:3] != expected]
    assert wrong == []
    for name in ("zint", "bwipp"):
        if getattr(row, name) != "-":
            assert seen[name, "drawn"] >= 0.75 * count, undrawn[:5]
            assert seen[name, "read"] >= LESS.get(row.name, READ) * seen[name, "drawn"], (name, seen)
