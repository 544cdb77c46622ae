"""``scanstation identify`` and ``scanstation decode``: one answer a line, as JSON."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any

import typer

from scanstation.cli.output import Exit, emit, lines_or_stdin

MARKS = {"<FS>": "\x1c", "<GS>": "\x1d", "<RS>": "\x1e", "<US>": "\x1f", "<EOT>": "\x04"}
"""How separators are written in a payload; their pictures (such as U+241D), which the station shows, do as well."""

_PICTURES = {0x2400 + code: chr(code) for code in range(0x20)}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "identify",
        help="Say what a payload names, one JSON line each; payloads from arguments or standard input.",
        epilog="Example: scanstation identify ']C10109521141123454' --  or:  echo 4006381333931 | scanstation identify",
    )(identify_payloads)
    app.command(
        "decode",
        help="Read the barcodes of images, one JSON line each; paths from arguments or standard input.",
        epilog="Example: scanstation decode shelf.jpg pallet.png",
    )(decode_images)


def identify_payloads(
    payloads: Annotated[
        list[str] | None, typer.Argument(help="Payloads; <GS>, <RS> and <EOT> stand for these separators.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Read as this kind only, such as gs1_hri or epc_hex.")] = None,
) -> None:
    """Exit 0 when every payload names something, 1 otherwise."""
    from scanstation.identity.errors import IdentityError

    good = True
    for text in lines_or_stdin(payloads or []):
        payload = _with_separators(text)
        try:
            emit({"payload": text} | _answer(payload, kind))
        except IdentityError as error:
            good = False
            emit({"payload": text, "error": str(error), "reason": error.reason.value, "position": error.position})
    if not good:
        raise typer.Exit(Exit.FINDINGS)


def _with_separators(text: str) -> str:
    for mark, sign in MARKS.items():
        text = text.replace(mark, sign)
    return text.translate(_PICTURES)


def _answer(payload: str, kind: str | None) -> dict[str, Any]:
    from drivers.protocols.eci import WITHOUT, without_eci
    from scanstation.identity import identify, interpret

    if kind:
        return {"kind": kind, "identity": interpret(payload, kind)}
    aim, rest = (payload[:3], payload[3:]) if payload.startswith("]") else ("", payload)
    if aim in WITHOUT:
        data, aim = without_eci(rest.encode(), aim)
        rest = data.decode()
    identity = identify(rest, aim=aim)
    values = {field.name: getattr(identity, field.name) for field in fields(identity)}
    plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}
    return {"aim": aim} | {name: value for name, value in plain.items() if value not in (None, (), {})}


def decode_images(
    images: Annotated[list[str] | None, typer.Argument(help="Image files.")] = None,
    code39: Annotated[str, typer.Option(help="What pairs in a Code 39 mean: drawn, or full for full ASCII.")] = "drawn",
    code32: Annotated[bool, typer.Option(help="Take a Code 39 that is a valid Code 32 for one.")] = False,
) -> None:
    """Exit 0 when every file was an image, 1 otherwise; an image without a code is an empty list."""
    if code39 not in ("drawn", "full"):
        raise typer.BadParameter("must be drawn or full", param_hint="--code39")
    from drivers.errors import DriverError

    good = True
    for path in lines_or_stdin(images or []):
        try:
            emit({"image": path} | _seen(path, full=code39 == "full", code32=code32))
        except DriverError as error:
            good = False
            emit({"image": path, "error": str(error), "reason": error.reason.value, "remedy": error.remedy})
    if not good:
        raise typer.Exit(Exit.FINDINGS)


def _seen(path: str, *, full: bool, code32: bool) -> dict[str, Any]:
    """What a picture holds; ``refused`` only where something was read and must not be counted."""
    from drivers.camera import look_at
    from drivers.camera.code39 import Code39
    from drivers.camera.images import load_gray

    sight = look_at(load_gray(path), code39=Code39(full=full, code32=code32))
    codes = [{"text": one.text, "symbology": one.symbology} for one in sight.found]
    refused = [{"symbology": one.found.symbology, "why": one.why} for one in sight.refused]
    return {"codes": codes} | ({"refused": refused} if refused else {})
