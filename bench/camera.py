"""Measure the camera: share of pictures read, misreads and time, against zxing-cpp and zbar alone in the same run.

    python bench/camera.py [FOLDER] [--every N]   pictures with ground truth (FOLDER/manifest.csv: file, symbology,
                                                  expected_text, also_present); the shared ones by default
    python bench/camera.py --stream [--quick]     streams of 1080p instead: bench/camera_stream.py

Times are medians and means of wall time from file to result, the engines taking turns picture by picture.
"""

import argparse
import csv
import os
import re
import statistics
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import cv2
import zxingcpp

from drivers.camera import read_image
from drivers.camera.images import load_gray
from drivers.camera.read import Reader
from drivers.camera.retail import expand_upc_e

Texts = set[str]


def comparable(text: str, symbology: str) -> str:
    """Fold what engines write differently: leading zeros, UPC-E short or long, Codabar's and Code 39's frame, GS1."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("<GS>", "\x1d")
    text = re.sub(r"^\][A-Za-z]\d", "", text).replace("\x1d", "").strip("\ufeff \n\t")
    if not text.isascii():  # character sets are guessed differently; the ASCII part must agree
        text = " ".join("".join(c for c in text if ord(c) < 128).split())
    if symbology in ("Code 128", "DataMatrix", "QR") or symbology.startswith("GS1"):
        text = re.sub(r"\((\d{2,4})\)", r"\1", text)
    if symbology.startswith("GS1 DataBar") and len(text) == 14:
        text = "01" + text
    if symbology == "UPC-E" and len(text) == 8 and text.isdigit():
        text = expand_upc_e(text)
    if symbology == "Codabar":
        text = text.strip("ABCDabcd")
    if symbology == "Code 39":
        text = text.strip("*")
        text = text[1:] if len(text) == 18 and text[0] == "I" else text  # the import letter before a vehicle number
    return text.zfill(14) if text.isdigit() and len(text) <= 14 else text


def decoders() -> dict[str, Callable[[str], list[tuple[str, str]]]]:
    """Return the engines as functions from a path to (text, symbology)."""

    def zxing(path: str) -> list[tuple[str, str]]:
        found = zxingcpp.read_barcodes(cv2.imread(path, cv2.IMREAD_GRAYSCALE), text_mode=zxingcpp.TextMode.Plain)
        return [(one.text, str(one.format)) for one in found]

    def without_zbar(path: str) -> list[tuple[str, str]]:
        found = Reader(None).read(load_gray(path), thorough=True)
        return [(one.text, one.symbology) for one in found]

    functions: dict[str, Callable[[str], list[tuple[str, str]]]] = {
        "ours": read_image,
        "no zbar": without_zbar,
        "zxing-cpp": zxing,
    }
    try:
        from pyzbar.pyzbar import decode
    except ImportError:
        print("pyzbar or libzbar is not installed: left out")
        return functions
    functions["pyzbar"] = lambda path: [
        (one.data.decode("latin-1"), one.type) for one in decode(cv2.imread(path, cv2.IMREAD_GRAYSCALE))
    ]
    return functions


def shared_pictures() -> Path | None:
    """The pictures of the shared test material, where it is there."""
    folder = Path(os.environ.get("SCANSTATION_SHARED", "../shared")) / "data" / "barcodes"
    return folder if folder.is_dir() else None


def pictures(folder: Path, every: int) -> None:
    """Print one line an engine for the pictures of ``folder``."""
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::every]
    functions = decoders()
    times: dict[str, list[float]] = {name: [] for name in functions}
    right, wrong = dict.fromkeys(functions, 0), dict.fromkeys(functions, 0)
    for function in functions.values():
        function(str(folder / rows[0]["file"]))
    for number, row in enumerate(rows):
        names = list(functions)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            start = time.perf_counter()
            found = functions[name](str(folder / row["file"]))
            times[name].append(1000 * (time.perf_counter() - start))
            is_right, is_wrong = judged(row, found)
            right[name] += is_right
            wrong[name] += is_wrong
    coded = sum(row["symbology"] != "none" for row in rows)
    print(f"{len(rows)} pictures, {coded} with a code")
    base = times["zxing-cpp"]
    for name, values in times.items():
        print(
            f"{name:10} read {right[name]:4} ({100 * right[name] / coded:5.1f} %)  misread {wrong[name]:3}  "
            f"median {statistics.median(values):6.2f} ms (x{statistics.median(values) / statistics.median(base):.2f})  "
            f"mean {statistics.fmean(values):6.2f} ms (x{statistics.fmean(values) / statistics.fmean(base):.2f})"
        )


def judged(row: dict[str, str], found: list[tuple[str, str]]) -> tuple[bool, bool]:
    """Return whether the code was read, and whether anything was read that is not in the picture."""
    symbology = row["symbology"]
    expected = {comparable(row["expected_text"], symbology)} if symbology != "none" else set()
    known = expected | {comparable(text, symbology) for text in (row.get("also_present") or "").split("|") if text}
    texts = {comparable(text, symbology) for text, _name in found}
    return bool(texts & expected), bool(texts - known)


def main() -> None:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every Nth picture")
    parser.add_argument("--stream", action="store_true", help="measure streams instead")
    parser.add_argument("--quick", action="store_true", help="with --stream: about a minute")
    options = parser.parse_args()
    if options.stream:
        from camera_stream import measure  # beside this program, which tests load from elsewhere

        sys.exit(measure(options.quick))
    cv2.setNumThreads(1)
    folder = options.folder or shared_pictures()
    if folder is None:
        sys.exit("no pictures: name a folder with a manifest.csv")
    pictures(folder, options.every)


if __name__ == "__main__":
    main()
