import io
import os
import random
import struct
import subprocess
import sys
import zlib
from contextlib import contextmanager, nullcontext
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.camera import read_frame, read_image
from drivers.camera.images import decode_gray, read_header
from drivers.errors import DriverError, Reason
from drivers.simulators.rendering import compose, draw_label

LABEL = b"4006381333931"


@pytest.fixture
def label_frame():
    return compose([draw_label(LABEL)], (640, 480), random.Random(1))


def encoded(pixels, suffix):
    if suffix == ".gif":
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "GIF")
        return stream.getvalue()
    good, data = cv2.imencode(suffix, pixels)
    assert good
    return bytes(data)


def png_that_claims(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".gif", ".bmp", ".tiff"])
def test_every_format_is_read_and_its_header_understood(tmp_path, label_frame, suffix):
    path = tmp_path / f"label{suffix}"
    path.write_bytes(encoded(label_frame, suffix))
    header = read_header(path.read_bytes())
    assert (header.width, header.height, header.complete) == (640, 480, True)
    assert read_image(path) == [(LABEL.decode(), "EAN-13")]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".gif", ".bmp"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_a_truncated_picture_is_an_error_that_says_so(tmp_path, label_frame, suffix, share):
    data = encoded(label_frame, suffix)
    path = tmp_path / "cut"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DriverError, match="cut off before its end") as caught:
        read_image(path)
    assert caught.value.reason is Reason.PROTOCOL
    assert str(path) in str(caught.value)
    assert caught.value.remedy


def test_every_prefix_of_a_picture_is_an_error(label_frame):
    data = encoded(cv2.resize(label_frame, (80, 60)), ".png")
    for length in range(len(data)):
        with pytest.raises(DriverError):
            decode_gray(data[:length])


def test_a_picture_that_claims_to_be_huge_is_refused_before_it_is_decoded(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_that_claims(30_000, 30_000))
    with pytest.raises(DriverError, match="30000 x 30000 pixels, at most 64 million"):
        read_image(path)


def test_a_huge_picture_costs_no_memory(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_that_claims(30_000, 30_000))
    program = (
        "import re, sys\n"
        "from drivers.camera import read_image\n"
        "from drivers.errors import DriverError\n"
        "try: read_image(sys.argv[1])\n"
        "except DriverError as error: print(error.reason)\n"
        # the peak of this process alone: what getrusage tells begins with the parent's
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, timeout=60, check=True)
    reason, peak = done.stdout.split()
    assert reason == "protocol"
    assert int(peak) < 400_000, f"{peak} kB"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a picture"),
        (b"hello, this is no picture", "not a picture"),
        (random.Random(1).randbytes(50_000), "not a picture"),
        (b"\xff\xd8" + random.Random(2).randbytes(5_000), "cut off|damaged|pixels"),
        (b"GIF89a" + bytes(20), "pixels|cut off"),
    ],
)
def test_what_is_no_picture_is_an_error(tmp_path, data, says):
    path = tmp_path / "x.png"
    path.write_bytes(data)
    with pytest.raises(DriverError, match=says):
        read_image(path)


def test_a_damaged_picture_never_raises_anything_but_a_driver_error(label_frame, full):
    rng = random.Random(5)
    small = cv2.resize(label_frame, (160, 120))
    for suffix in (".png", ".jpg", ".webp", ".gif", ".bmp", ".tiff"):
        data = encoded(small, suffix)
        for _ in range(400 if full else 40):
            broken = bytearray(data)
            for _ in range(rng.randint(1, 8)):
                broken[rng.randrange(len(broken))] = rng.randrange(256)
            try:
                assert decode_gray(bytes(broken)).dtype == np.uint8
            except DriverError as error:
                assert error.reason is Reason.PROTOCOL


def test_one_pixel_holds_nothing(tmp_path):
    path = tmp_path / "dot.png"
    path.write_bytes(encoded(np.zeros((1, 1), np.uint8), ".png"))
    assert read_image(path) == []


@pytest.mark.parametrize("shape", [(1, 4000), (4000, 1), (2, 2), (3, 3, 3), (40, 40, 4), (40, 40, 1)])
def test_odd_shapes_hold_nothing(shape):
    assert read_frame(np.full(shape, 200, np.uint8)) == []


def test_an_array_that_is_no_picture_is_an_error():
    with pytest.raises(DriverError, match="float64"):
        read_frame(np.zeros((10, 10)))
    with pytest.raises(DriverError, match="shape"):
        read_frame(np.zeros((10, 10, 7), np.uint8))


def test_an_animation_gives_its_first_picture(tmp_path, label_frame):
    first, second = Image.fromarray(label_frame), Image.fromarray(np.full_like(label_frame, 255))
    path = tmp_path / "moving.gif"
    first.save(path, save_all=True, append_images=[second] * 50, duration=20)
    assert read_image(path) == [(LABEL.decode(), "EAN-13")]


def test_transparent_pixels_count_as_white(tmp_path):
    label = draw_label(LABEL)
    pixels = np.zeros((*label.shape, 4), np.uint8)
    pixels[:, :, 3] = 255 - label  # black everywhere; the bars are opaque, all else is transparent
    path = tmp_path / "clear.png"
    path.write_bytes(encoded(pixels, ".png"))
    assert read_image(path) == [(LABEL.decode(), "EAN-13")]
    assert [found.payload for found in read_frame(pixels)] == [LABEL]


def test_sixteen_bits_are_read(tmp_path, label_frame):
    assert [found.payload for found in read_frame(label_frame.astype(np.uint16) << 8)] == [LABEL]


@contextmanager
def as_a_user():
    """Without the rights of root, to whom every file is open."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("make", ["missing", "folder", "closed"])
def test_a_file_that_cannot_be_opened_says_why(tmp_path, make):
    path = tmp_path / "x.png"
    reason = Reason.NOT_FOUND
    if make == "folder":
        path.mkdir()
    if make == "closed":
        path.write_bytes(b"x")
        path.chmod(0)
        reason = Reason.PERMISSION
    with pytest.raises(DriverError) as caught, as_a_user() if make == "closed" else nullcontext():
        read_image(path)
    assert caught.value.reason is reason


def test_headers_of_real_photographs(shared):
    folder = Path(shared) / "data/barcodes/images"
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        header = read_header(data)
        rows, columns = decode_gray(data).shape
        assert header.complete, path
        assert {header.width, header.height} == {rows, columns}, path
