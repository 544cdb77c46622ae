"""The contract of every driver: no crash, no invented read, no lost complete read, none twice; visible state, remedy.

One suite runs over all drivers that have a simulator; the drivers are real, and so is each wire.
"""

import asyncio
import os
import random
import stat
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from drivers import DriverError, Reason, Verdict
from drivers.device import State
from drivers.simulators.faults import Faults
from drivers.simulators.kinds import faults_of

pytestmark = pytest.mark.counted

FAULTS = {
    "one byte at a time": Faults(split=1.0),
    "cut anywhere": Faults(split=0.1),
    "several at once": Faults(merge=4),
    "a damaged copy before each": Faults(spoil=1.0),
    "noise before each": Faults(noise=100),
    "slow": Faults(split=0.2, slow=0.005),
    "all of it": Faults(split=0.05, merge=3, spoil=0.5, noise=20, slow=0.001),
}

FEW = ("one byte at a time", "all of it")
"""The faults of the usual run."""

DELAYS = (0.0, 0.001, 0.02)
"""Seconds after which a device is closed while it connects."""

ONE_AT_A_TIME = {"pcsc"}
"""Kinds of which a machine has one device."""

OpenBench = Callable[..., AbstractAsyncContextManager[Any]]


async def test_every_read_comes_once_in_order(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.connect()
        await bench.until_state(State.READY)
        sent = await bench.deliver(range(bench.traits.many))
        await bench.until_count(len(sent))
        await asyncio.sleep(0.2)
        assert bench.payloads == sent
        assert {read.device for read in bench.reads} == {"under test"}
        times = [read.received_at for read in bench.reads]
        assert times == sorted(times)


async def test_a_slow_consumer_loses_nothing(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        if bench.lacks("slow consumer"):
            return
        got: list[bytes] = []
        count = bench.traits.many * 5

        async def consume() -> None:
            async for read in bench.device.reads():
                got.append(read.payload)
                await bench.device.ack(read, Verdict.OK)
                if len(got) % 50 == 0:
                    await asyncio.sleep(0.01)

        bench.tasks.append(asyncio.create_task(consume()))
        await bench.until_state(State.READY)
        sent = await bench.deliver(range(count))
        await bench.until(lambda: len(got) >= count, "reads are missing")
        assert got == sent


async def test_garbage_before_and_after_is_no_read(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.connect()
        await bench.until_state(State.READY)
        await bench.simulator.garbage(bench.traits.garbage(random.Random(3), 100_000))
        await bench.until_state(State.READY)
        first = await bench.deliver(range(2))
        await bench.until_count(2)
        await bench.simulator.garbage(bench.traits.garbage(random.Random(4), 100_000))
        await bench.until_state(State.READY)
        second = await bench.deliver(range(10, 12))
        await bench.until_count(4)
        await asyncio.sleep(0.2)
        assert bench.payloads == first + second


async def test_unplugged_in_mid_frame_and_replugged_needs_no_hand(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.connect()
        await bench.until_state(State.READY)
        sent = await bench.deliver(range(2))
        await bench.until_count(2)
        for turn in range(1, 4):
            await bench.simulator.break_off(bench.traits.deliver(900 + turn))
            await bench.until_state(State.LOST)
            await bench.simulator.plug()
            await bench.until_state(State.READY)
            sent += await bench.deliver(range(turn * 10, turn * 10 + 2))
            await bench.until_count(len(sent))
        await asyncio.sleep(0.2)
        assert bench.payloads == sent


@pytest.mark.wire
async def test_what_was_complete_before_the_plug_was_pulled_is_delivered(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.connect()
        await bench.until_state(State.READY)
        sent = await bench.deliver(range(2))
        if bench.lacks("slow consumer"):
            await bench.until_count(2)  # a camera reads what it sees while it sees it
        await bench.simulator.unplug()
        await bench.until_state(State.LOST)
        await bench.until_count(2)
        assert bench.payloads == sent


@pytest.mark.wire
async def test_a_lost_device_says_why_and_what_to_do(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.connect()
        await bench.until_state(State.READY)
        await bench.simulator.unplug()
        await bench.until_state(State.LOST)
        lost = [status for status in bench.statuses if status.state is State.LOST]
        assert all(isinstance(status.reason, Reason) and status.message and status.remedy for status in lost)
        await bench.simulator.plug()
        await bench.until_state(State.READY)
        assert bench.statuses[-1].reason is None
        await bench.device.close()
        assert bench.device.status.state is State.CLOSED


@pytest.mark.wire
async def test_a_device_that_is_not_there_yet_is_found_when_it_comes(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.simulator.unplug()
        bench.connect()
        await bench.until_state(State.LOST)
        assert bench.device.status.remedy
        await bench.simulator.plug()
        await bench.until_state(State.READY)
        sent = await bench.deliver(range(1))
        await bench.until_count(1)
        assert bench.payloads == sent


@pytest.mark.wire
async def test_a_busy_device_is_taken_when_it_is_free(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        if bench.lacks("busy"):
            return
        holder = bench.connect(bench.another())
        await bench.until_state(State.READY, holder)
        bench.connect()
        await bench.until_state(State.LOST)
        assert bench.device.status.reason in (Reason.BUSY, Reason.UNPLUGGED)
        assert bench.device.status.remedy
        await holder.close()
        await bench.until_state(State.READY)
        await asyncio.sleep(0.1)
        sent = await bench.deliver(range(3))
        await bench.until_count(3)
        assert bench.payloads == sent


@pytest.mark.wire
async def test_close_while_connecting_ends_the_reads_and_frees_the_wire(open_bench: OpenBench, scheme: str) -> None:
    async def closed(bench: Any, there: bool, delay: float) -> None:
        if not there:
            await bench.simulator.unplug()
        bench.connect()
        await asyncio.sleep(delay)
        async with asyncio.timeout(20):
            await bench.device.close()
            await bench.tasks[0]
        assert bench.device.status.state is State.CLOSED
        await bench.simulator.plug()
        again = bench.connect(bench.another())
        await bench.until_state(State.READY, again)
        await again.close()

    cases = {(there, delay): partial(closed, there=there, delay=delay) for there in (True, False) for delay in DELAYS}
    await side_by_side(open_bench, scheme, cases)


@pytest.mark.wire
async def test_close_before_use_and_twice_does_nothing_bad(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.device.close()
        await bench.device.close()
        async with asyncio.timeout(20):
            assert [read async for read in bench.device.reads()] == []


@pytest.mark.wire
async def test_an_acknowledgement_may_come_late(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.connect()
        await bench.until_state(State.READY)
        await bench.deliver(range(1))
        await bench.until_count(1)
        read = bench.reads[0]
        await bench.simulator.unplug()
        await bench.until_state(State.LOST)
        for verdict in Verdict:
            await bench.device.ack(read, verdict)
        await bench.device.close()
        await bench.device.ack(read, Verdict.OK)


@pytest.mark.parametrize("scheme", ["serial", "tcp", "evdev", "r200", "keyence", "pcsc"], indirect=True)
async def test_delivering_from_an_unplugged_scanner_is_an_error(open_bench: OpenBench) -> None:
    """A scenario cannot scan with a pulled cable and believe that it was read."""
    async with open_bench() as bench:
        await bench.simulator.unplug()
        with pytest.raises(DriverError) as caught:
            await asyncio.wait_for(bench.simulator.deliver(bench.traits.deliver(1)), 20)
        assert caught.value.reason is Reason.UNPLUGGED


@pytest.mark.wire
async def test_without_permission_it_says_so_and_is_used_once_it_may(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        if bench.lacks("permission"):
            return
        file = Path(os.path.realpath(bench.simulator.link))
        mode = stat.S_IMODE(file.stat().st_mode)
        file.chmod(0)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)  # root may open anything: look at the port as nobody
        try:
            bench.connect()
            await bench.until_state(State.LOST)
            assert bench.device.status.reason is Reason.PERMISSION
            assert bench.traits.group in bench.device.status.remedy
        finally:
            if root:
                os.seteuid(0)
        file.chmod(mode)
        await bench.until_state(State.READY)
        sent = await bench.deliver(range(2))
        await bench.until_count(2)
        assert bench.payloads == sent


@pytest.mark.wire
async def test_replugged_under_another_name_it_is_found(open_bench: OpenBench, tmp_path: Path) -> None:
    async with open_bench() as bench:
        if bench.lacks("rename"):
            return
        bench.connect()
        await bench.until_state(State.READY)
        sent = await bench.deliver(range(2))
        await bench.until_count(2)
        before = os.path.realpath(bench.simulator.link)
        await bench.simulator.unplug()
        await bench.until_state(State.LOST)
        in_the_way: list[int] = []
        try:
            for _ in range(64):  # until the number that became free is taken: others on this machine free some too
                in_the_way += os.openpty()
                if os.ttyname(in_the_way[-1]) == before:
                    break
            await bench.simulator.plug()
            assert os.path.realpath(bench.simulator.link) != before
            await bench.until_state(State.READY)
            sent += await bench.deliver(range(5, 7))
            await bench.until_count(4)
        finally:
            for descriptor in in_the_way:
                os.close(descriptor)
        assert bench.payloads == sent


async def test_on_a_bad_wire_every_whole_frame_is_one_read(open_bench: OpenBench, scheme: str) -> None:
    async def read(bench: Any, faults: Faults) -> None:
        bench.connect()
        await bench.until_state(State.READY)
        bench.simulator.faults = faults
        sent = await bench.deliver(range(12 if not faults.slow else 4))
        await bench.until_count(len(sent))
        await asyncio.sleep(0.2)
        assert bench.payloads == sent

    names = FAULTS if os.environ.get("SCANSTATION_FULL") == "1" else FEW
    faults = {name: only(faults_of(scheme), FAULTS[name]) for name in names}
    cases = {name: partial(read, faults=chosen) for name, chosen in faults.items() if chosen != Faults()}
    await side_by_side(open_bench, scheme, cases)


async def side_by_side(
    open_bench: OpenBench, scheme: str, cases: Mapping[object, Callable[[Any], Awaitable[None]]]
) -> None:
    """Run cases at the same time, each with a bench of its own: they wait most of their time.

    One after the other where the machine has only one such device.  What fails is named by its case.
    """

    async def run(case: object) -> None:
        try:
            async with open_bench(str(case)) as bench:
                await cases[case](bench)
        except Exception as error:
            error.add_note(f"{scheme}: {case}")
            raise

    if scheme in ONE_AT_A_TIME:
        for case in cases:
            await run(case)
        return
    async with asyncio.TaskGroup() as group:
        for case in cases:
            group.create_task(run(case))


def only(possible: Collection[str], faults: Faults) -> Faults:
    """What a kind can have of these faults."""
    return Faults(**{name: value for name, value in asdict(faults).items() if name in possible})
