"""Client and simulator against an independent LLRP library, each on the other side of a TCP connection."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from llrpkit import Reader
from llrpkit.emulator import LLRPEmulator
from llrpkit.emulator.core import EmulatedTag
from llrpkit.exceptions import LLRPConnectionError
from llrpkit.protocol import messages

from drivers.device import State
from drivers.errors import Reason
from drivers.simulators.llrp import FieldTag, LlrpSimulator

Open = Callable[[str], Any]


def tags(count: int) -> list[bytes]:
    rng = random.Random(2)
    return [b"\x30" + rng.randbytes(11) for _ in range(count)] + [b"\x30" + rng.randbytes(15)]


async def test_our_client_takes_an_inventory_of_the_foreign_reader(station: Open) -> None:
    field = [EmulatedTag(epc=epc, antennas=(1 + at % 2,), rssi_dbm=-50.0) for at, epc in enumerate(tags(10))]
    async with LLRPEmulator(tags=field, reads_per_sec=500.0) as foreign:
        url = f"llrp://127.0.0.1:{foreign.port}?antennas=1,2&power=15&mode=2&keepalive=0.2"
        async with station(url) as host:
            await host.until(lambda: set(host.payloads) == {tag.epc for tag in field} and foreign.keepalive_acks >= 2)
            where = {tag.epc: tag.antennas[0] for tag in field}
            assert all(read.antenna == where[read.payload] for read in host.reads)
            assert all(-60 < read.rssi_dbm < -40 and read.seen_count == 1 for read in host.reads)


async def test_our_client_survives_an_answer_that_the_foreign_reader_swallows(station: Open) -> None:
    async with LLRPEmulator(reads_per_sec=200.0) as foreign:
        foreign.drop_next(messages.ADD_ROSPEC)
        async with station(f"llrp://127.0.0.1:{foreign.port}?answer=0.3") as host:
            await host.until(lambda: len(host.reads) >= 5)
            lost = [status for status in host.statuses if status.state is State.LOST]
            assert (lost[0].reason, lost[0].message) == (Reason.TIMEOUT, "ADD_ROSPEC was not answered within 0.3 s")


async def test_the_foreign_client_takes_an_inventory_of_our_reader(simulator: LlrpSimulator) -> None:
    field = [FieldTag(epc=epc, antenna=1 + at % 4, rssi_dbm=-50.0 - at) for at, epc in enumerate(tags(20))]
    async with Reader("127.0.0.1", simulator.port) as foreign:
        assert foreign.max_antennas == 4
        assert foreign.capabilities.transmit_powers[81] == 30.0
        assert foreign.capabilities.mode(2).mode_id == 2
        await foreign.set_keepalive(100)

        async def sweep() -> list[Any]:
            async with asyncio.timeout(20):
                while not simulator.state.running:
                    await asyncio.sleep(0.01)
            return await simulator.sweep(field, rounds=8, gap=0.02)

        sweeping = asyncio.create_task(sweep())
        got = [report async for report in foreign.inventory(session=1, mode_index=2, duration=1.0)]
        sent = await sweeping
        assert [(report.epc, report.antenna) for report in got] == [(read.epc, read.antenna) for read in sent]
        assert [report.rssi_dbm for report in got] == [round(read.rssi_dbm) for read in sent]
        assert simulator.state.acknowledged >= 2
    assert len(got) > 50


async def test_the_foreign_client_is_refused_while_another_is_connected(
    simulator: LlrpSimulator, station: Open
) -> None:
    async with station(simulator.url) as host:
        await host.until_state(State.READY)
        with pytest.raises(LLRPConnectionError) as caught:
            await Reader("127.0.0.1", simulator.port).connect()
        assert "Failed_A_Client_Initiated_Connection_Already_Exists" in str(caught.value)
        assert host.device.status.state is State.READY
