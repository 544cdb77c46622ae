"""``identify`` and ``decode``: one JSON line for each payload or image, from arguments or standard input."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import barcode
from barcode.writer import ImageWriter


def run(*words: str, given: str = "") -> tuple[int, list[dict[str, Any]]]:
    tool = [sys.executable, "-m", "scanstation", *words]
    done = subprocess.run(tool, input=given, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_payloads_from_standard_input_get_a_line_each_in_their_order() -> None:
    code, lines = run("identify", given="]E09521141123454\n]C1010952114112345410L7<GS>17270131\n]E09521141123455\n")
    assert code == 1  # one of them names nothing
    assert [line.get("key") for line in lines] == ["09521141123454", "09521141123454", None]
    assert (lines[1]["lot"], lines[1]["expiry"]) == ("L7", "2027-01-31")
    assert lines[2]["reason"] == "check_digit" and "expected" in lines[2]["error"]


def test_separators_are_written_by_name_or_as_the_station_shows_them() -> None:
    named, shown = "]d1[)><RS>06<GS>PABC<GS>7Q250PC<RS><EOT>", "]d1[)>␞06␝PABC␝7Q250PC␞␄"
    code, lines = run("identify", named, shown)
    assert code == 0
    assert [line.pop("payload") for line in lines] == [named, shown]
    assert lines[0] == lines[1] and lines[0]["key"] == "ABC" and lines[0]["quantity"] == 250


def test_a_payload_as_an_argument_and_by_kind() -> None:
    code, (line,) = run("identify", "--kind", "gs1_hri", "(01)09521141123454(10)L7")
    assert (code, line["identity"]) == (0, {"01": "09521141123454", "10": "L7"})


def test_images_from_standard_input_get_a_line_each(tmp_path: Path) -> None:
    label, text = tmp_path / "label.png", tmp_path / "no-image.png"
    with label.open("wb") as file:
        barcode.get("ean13", "9521141123454", writer=ImageWriter()).write(file)
    text.write_text("not an image", "utf-8")
    code, lines = run("decode", given=f"{label}\n{text}\n{tmp_path}/missing.png\n")
    assert code == 1
    assert lines[0] == {"image": str(label), "codes": [{"text": "9521141123454", "symbology": "EAN-13"}]}
    assert [line.get("reason") for line in lines[1:]] == ["protocol", "not_found"]
    assert all(line["remedy"] for line in lines[1:])
