"""``scanstation devices`` and ``scanstation simulate``."""

import asyncio
import contextlib
import random
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanstation.cli.desk import OfOther
from scanstation.cli.house import station_settings
from scanstation.cli.output import Exit, emit, fail, say, table
from scanstation.configuration import config_file

if TYPE_CHECKING:
    from drivers.device import Status

app = typer.Typer(help="Scanners, readers and cameras: how they do, what is plugged in, what they deliver.")


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="devices")
    root.command(
        "simulate",
        help="Serve simulated devices from a TOML scenario, at the wire, for anyone to read.",
        epilog="Example: scanstation simulate unplug.toml --seed 7",
    )(simulate)


@app.callback(invoke_without_command=True, epilog="Example: scanstation devices --watch; scanstation devices list")
def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a device.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Look again every two seconds until interrupted.")] = False,
    operator: OfOther = "",
) -> None:
    """Scanners, readers and cameras.  Without a command: state, rate, errors and remedy at the running station."""
    if context.invoked_subcommand is None:
        from scanstation.cli.device_status import show_status

        with contextlib.suppress(KeyboardInterrupt):
            show_status(operator, as_json=as_json, watch=watch)


@app.command("list", epilog="Example: scanstation devices list --json")
def list_devices(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a device.")] = False,
    as_toml: Annotated[bool, typer.Option("--toml", help="What is plugged in, to paste into station.toml.")] = False,
) -> None:
    """Show the devices of the configuration and what is plugged in, with the URL to use."""
    from drivers.discovery import find_devices, to_paste
    from drivers.url import masked

    found = find_devices(config_file("devices"))
    configured = station_settings().devices
    if as_toml:
        say(to_paste(found))
        return
    if as_json:
        for device in configured:
            emit({"configured": True, "name": device.name, "url": masked(device.url)})
        for one in found:
            emit({"configured": False, **asdict(one)})
        return
    rows = [("configured", device.name, masked(device.url)) for device in configured]
    rows += [(one.kind.value, one.name, one.url) for one in found]
    if not rows:
        say("no device is configured and none is plugged in; try: scanstation simulate --list")
        return
    table(("", "name", "url"), rows)
    for one in found:
        forbidden = "" if one.permitted else f"You may not open {one.path}: see scanstation doctor."
        if words := " ".join(filter(None, (forbidden, one.advice))):
            say(f"{one.name}: {words}")


@app.command("read", epilog="Example: scanstation devices read 'serial:///dev/ttyACM0' --count 1")
def read(
    url: Annotated[str, typer.Argument(help="The device, such as llrp://reader-7 or camera:///photos.")],
    count: Annotated[int, typer.Option(help="Stop after so many reads; 0: go on.")] = 0,
    seconds: Annotated[float, typer.Option(help="Stop after so many seconds; 0: go on.")] = 0,
) -> None:
    """Print what a device delivers, one JSON line a read; the state of the device on standard error."""
    try:
        asyncio.run(asyncio.wait_for(_read(url, count), seconds or None))
    except TimeoutError:
        if count:
            fail(f"{url} delivered fewer than {count} reads within {seconds:g} s", "check that it is on and sends")


def _words(status: "Status") -> str:
    remedy = f"\n  remedy: {status.remedy}" if status.remedy else ""
    return ": ".join(filter(None, (status.state, status.message))) + remedy


async def _read(url: str, count: int) -> None:
    from drivers import Verdict
    from drivers.device import State
    from drivers.registry import open_device

    device = open_device(url, clock=lambda: time.time_ns() // 1000, rng=random.Random())
    device.on_status(lambda status: typer.echo(_words(status), err=True))
    seen = 0
    try:
        async for item in device.reads():
            emit(
                {
                    "payload": item.payload.hex().upper()
                    if item.carrier in ("epc", "tid")
                    else item.payload.decode("latin-1"),
                    "carrier": item.carrier.value,
                    "aim": item.aim,
                    "antenna": item.antenna,
                    "rssi_dbm": item.rssi_dbm,
                    **{name: octets.hex().upper() for name in ("tid", "user") if (octets := getattr(item, name))},
                    "received_at": item.received_at,
                }
            )
            await device.ack(item, Verdict.OK)
            seen += 1
            if count and seen >= count:
                break
        else:
            end = device.status
            if end.state is State.LOST:
                fail(end.message, end.remedy)
    finally:
        await device.close()


@app.command("decode", epilog="Example: scanstation devices decode --protocol llrp 043e0000000a00000000")
def decode(
    frames: Annotated[list[str], typer.Argument(help="The bytes of the wire, as hex; several in their order.")],
    protocol: Annotated[str, typer.Option(help="The protocol, as in the URL of a device: llrp, lines, ssi.")],
) -> None:
    """Decode captured bytes; one JSON line a frame or tag.  Exit code 1 where an argument gave nothing."""
    from drivers.protocols import ALIASES, FrameReader
    from drivers.protocols.json_formats import refusals

    protocol, captured = ALIASES.get(protocol, protocol), [_of_hex(frame) for frame in frames]
    read, nothing = FrameReader(), 0
    for place, raw in enumerate(captured, start=1):
        try:
            found = read(protocol, raw)
        except ValueError as error:
            fail(f"argument {place}: {error}" if len(captured) > 1 else str(error), code=Exit.FINDINGS)
        for fields in found:
            emit(fields)
        if not found:
            nothing += 1
            why = refusals(protocol, raw) or [f"no whole and intact frame or tag of {protocol}"]
            typer.echo("\n".join(f"argument {place}: {words}" for words in why), err=True)
    if nothing:
        raise typer.Exit(Exit.FINDINGS)


def _of_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        fail(f"not hex: {text[:40]!r}", "give pairs of hex digits, such as 0d0a", Exit.USAGE)


def simulate(
    scenario: Annotated[str, typer.Argument(help="A TOML file, or the name of a shipped one.")] = "",
    seed: Annotated[int | None, typer.Option(help="Instead of the scenario's own seed.")] = None,
    listing: Annotated[bool, typer.Option("--list", help="Show the shipped scenarios.")] = False,
    repeat: Annotated[int, typer.Option(help="Play so many times; 0: until interrupted.")] = 1,
    wait: Annotated[float, typer.Option(help="Seconds before the first step, to connect the station.")] = 2.0,
) -> None:
    """Print the URL of each simulated device, then play the scenario."""
    if listing or not scenario:
        from drivers.simulators.scenario import load_scenario

        for one in sorted(config_file("scenarios").glob("*.toml")):
            say(f"{one.name:<14} {load_scenario(one).title}")
        return
    folder = config_file("scenarios")
    places = (Path(scenario), folder / scenario, folder / f"{scenario}.toml")
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        fail(f"no scenario {scenario!r}", "see: scanstation simulate --list", Exit.USAGE)
    asyncio.run(_simulate(path, seed, repeat, wait))


async def _simulate(path: Path, seed: int | None, repeat: int, wait: float) -> None:
    from drivers.simulators.scenario import load_scenario, play, start_simulators

    scenario = load_scenario(path)
    rng = random.Random(scenario.seed if seed is None else seed)
    async with start_simulators(scenario, rng=rng) as simulators:
        for name, simulator in simulators.items():
            say(f"{name}: {simulator.url}")
        await asyncio.sleep(wait)
        played = 0
        while repeat == 0 or played < repeat:
            await play(scenario, simulators, sleep=asyncio.sleep, rng=rng)
            played += 1
