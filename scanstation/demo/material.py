"""Reads the real material of the shared test data: products, photos with their truth, captured frames."""

import csv
import gzip
import html
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanstation.errors import ScanstationError
from scanstation.identity import IdentityError, interpret

SHARED = "SCANSTATION_SHARED"
"""Environment variable that names the folder of the shared material."""

RETAIL = ("EAN-13", "EAN-8", "UPC-A", "UPC-E")


@dataclass(frozen=True, slots=True)
class Product:
    """A real product: its barcode as printed and its name."""

    barcode: str
    name: str


@dataclass(frozen=True, slots=True)
class Photos:
    """Files of pictures, and how many labels of each GTIN-14 are really in them."""

    files: tuple[Path, ...]
    gtins: Counter[str]


@dataclass(frozen=True, slots=True)
class Frame:
    """Bytes that a device sent, of a protocol."""

    protocol: str
    data: bytes


def find_material() -> Path:
    """The folder of the shared material; a `ScanstationError` says how to name it."""
    folder = Path(os.environ.get(SHARED, "../shared")) / "data"
    if not folder.is_dir():
        raise ScanstationError(f"no shared material at {folder}", f"set {SHARED} to the folder that holds data/")
    return folder.resolve()


def products(folder: Path) -> Iterator[Product]:
    """Every product of the catalogue."""
    with gzip.open(folder / "products" / "gtin_products.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = "".join(sign for sign in html.unescape(row["name"]) if sign.isprintable()).strip()
            yield Product(row["barcode"], name or "no name")


def photos(folder: Path, every: int = 1) -> Photos:
    """Every ``every``-th picture and the retail numbers that are really in them."""
    gtins: Counter[str] = Counter()
    files = []
    with (folder / "barcodes" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in list(csv.DictReader(file))[::every]:
            files.append(folder / "barcodes" / row["file"])
            if row["symbology"] in RETAIL and (gtin := _gtin(row["expected_text"], row["symbology"])):
                gtins[gtin] += 1
            gtins.update(gtin for text in row["also_present"].split("|") if (gtin := _gtin(text, "EAN-13")))
    return Photos(tuple(files), gtins)


def _gtin(text: str, symbology: str) -> str | None:
    """GTIN-14 of a retail number as the truth gives it, or None where it is none."""
    text = text.strip()
    kind = "upc_e" if symbology == "UPC-E" and len(text) == 8 else "gtin"
    try:
        return str(interpret(text, kind)["01"])
    except IdentityError:
        return None


def frames(folder: Path) -> Iterator[Frame]:
    """Captured device frames, device to host, valid and broken ones."""
    for line in (folder / "devices" / "frames.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["direction"] == "device->host":
            yield Frame(row["protocol"], bytes.fromhex(row["hex"]) if "hex" in row else row["text"].encode())
