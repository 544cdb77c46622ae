"""Streams, folders and the command line go by the rules of a single picture."""

import asyncio
import random
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from typer.testing import CliRunner

from drivers.camera import PushedCamera, camera_device
from drivers.camera.codablock import WHY
from drivers.camera.view import AGAIN, REFUSED, Refusals
from drivers.protocols.base import Notice
from scanstation.cli.app import command_line

WORDS = ("FIRST-", "second-", "123456")
PARITY = reduce(xor, "".join(WORDS).encode())


class Clock:
    """Time that stands until it is moved."""

    now = 1_000_000

    def __call__(self) -> int:
        return self.now


def part(zint_picture: Any, index: int) -> Any:
    import zint

    return zint_picture("QRCODE", WORDS[index - 1], structapp=zint.StructApp(index, 3, str(PARITY).encode()))


def in_frame(picture: Any) -> bytes:
    frame = np.full((480, 640), 255, np.uint8)
    frame[100 : 100 + picture.shape[0], 80 : 80 + picture.shape[1]] = picture
    return cv2.imencode(".png", frame)[1].tobytes()


async def test_parts_that_are_shown_one_after_another_are_one_read(zint: Any) -> None:
    clock = Clock()
    camera = PushedCamera(name="page", clock=clock)
    reads = []
    for index in (2, 1, 3):
        clock.now += 500_000
        reads += await camera.look(in_frame(part(zint, index)))
    assert [(read.payload.decode(), read.aim) for read in reads] == [("".join(WORDS), "]Q1")]
    await camera.close()


async def test_a_part_alone_is_told_and_gives_no_read(zint: Any) -> None:
    clock, told = Clock(), list[Notice]()
    camera = PushedCamera(name="page", clock=clock)
    camera.on_notice(told.append)
    assert await camera.look(in_frame(part(zint, 2))) == []
    clock.now += 30_000_000
    assert await camera.look(in_frame(np.full((40, 40), 255, np.uint8))) == []
    [notice] = told
    assert (notice.kind, notice.text) == (
        REFUSED, "not counted: part 2 of 3 symbols that hold one text: show all of them at once",
    )  # fmt: skip
    assert notice.text in camera.status.message
    await camera.close()


async def test_rows_of_a_stacked_symbol_in_a_stream_are_told_once_a_minute(zint: Any) -> None:
    clock, told = Clock(), list[Notice]()
    camera = PushedCamera(name="page", clock=clock, confirm=1)
    camera.on_notice(told.append)
    frame = in_frame(zint("CODABLOCKF", "PICK 7 OF 12, SHELF A-03, ROW 2", 1.0))
    for _ in range(6):
        clock.now += 100_000
        assert await camera.look(frame) == []
    assert [notice.text for notice in told] == [f"not counted: {WHY}"]
    await camera.close()


def test_a_refusal_is_told_again_after_a_minute() -> None:
    from drivers.camera.found import Found
    from drivers.camera.sequences import Refused

    refused = Refused(Found("a", b"a", "]C0", "Code 128", ((0, 0), (1, 0), (1, 1), (0, 1))), "why")
    refusals = Refusals()
    counts = []
    for now in (0, AGAIN - 1, AGAIN):
        refusals.note([refused], now)
        counts.append(len(refusals.notices()))
    assert counts == [1, 0, 1]


async def test_a_folder_of_pictures_tells_what_it_refuses(zint: Any, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "part.png"), part(zint, 1))
    cv2.imwrite(str(tmp_path / "whole.png"), zint("QRCODE", "whole"))
    for options in ("", "?mode=stream"):
        camera = camera_device(f"camera://{tmp_path}{options}", name="shelf", clock=Clock(), rng=random.Random(1))
        told = list[Notice]()
        camera.on_notice(told.append)
        async with asyncio.timeout(60):
            assert [read.payload for read in [one async for one in camera.reads()]] == [b"whole"]
        assert [notice.kind for notice in told] == [REFUSED]


def test_decode_says_what_it_refuses_and_takes_the_settings_of_code_39(zint: Any, tmp_path: Path) -> None:
    import json

    pictures = {"part": part(zint, 1), "bin": zint("CODE39", "BIN+A"), "text": zint("QRCODE", "Tür".encode("latin-1"))}
    for name, picture in pictures.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), picture)

    def decode(*options: str) -> list[Any]:
        words = ["decode", *options, *(str(tmp_path / f"{name}.png") for name in pictures)]
        return [json.loads(line) for line in CliRunner().invoke(command_line(["decode"]), words).stdout.splitlines()]

    a_part, a_bin, a_text = decode()
    assert a_part["codes"] == []
    assert a_part["refused"][0]["symbology"] == "QR"
    assert (a_bin["codes"], a_text["codes"]) == (
        [{"text": "BIN+A", "symbology": "Code 39"}], [{"text": "Tür", "symbology": "QR"}],
    )  # fmt: skip
    assert decode("--code39", "full")[1]["codes"] == [{"text": "BINa", "symbology": "Code 39"}]
