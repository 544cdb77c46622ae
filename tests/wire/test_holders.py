"""A port that cannot be opened: the remedy names the program that holds it, and the group that may open it."""

import grp
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import DriverError, Reason
from drivers.transports.failures import port_error
from drivers.transports.holders import group_of, holders_of
from drivers.transports.serial import SerialTransport

HOLD = """
import fcntl, os, sys
held = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.flock(held, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def port() -> Iterator[str]:
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


async def test_a_busy_port_names_who_holds_it(port: str) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, port], stdin=-1, stdout=-1, text=True) as holder:
        assert holder.stdout is not None and holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DriverError) as caught:
            await SerialTransport(port).open()
        holder.stdin.close()
    assert caught.value.reason is Reason.BUSY
    assert f"({holder.pid})" in caught.value.remedy and "python" in caught.value.remedy
    transport = SerialTransport(port)
    await transport.open()  # now it is free
    await transport.close()


def test_who_holds_a_file_is_seen_through_its_link(tmp_path: Path) -> None:
    file, link, proc = tmp_path / "ttyACM0", tmp_path / "by-id", tmp_path / "proc"
    file.touch()
    link.symlink_to(file)
    for pid, name, held in ((812, "ModemManager", file), (90, "other", tmp_path)):
        (proc / str(pid) / "fd").mkdir(parents=True)
        (proc / str(pid) / "comm").write_text(f"{name}\n")
        (proc / str(pid) / "fd/7").symlink_to(held)
    (proc / "4711").mkdir()  # somebody else's: its files cannot be seen
    (proc / "self").mkdir()
    assert holders_of(str(link), proc) == ["ModemManager (812)"]
    assert holders_of(str(tmp_path / "none"), proc) == []


def test_the_group_that_may_open_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ttyACM0"
    file.touch()
    group = next(
        (entry for entry in grp.getgrall() if entry.gr_gid and (os.geteuid() == 0 or entry.gr_gid in os.getgroups())),
        None,
    )
    if group is not None:
        os.chown(file, -1, group.gr_gid)
        file.chmod(0o660)
        assert group_of(str(file)) == group.gr_name
        assert f"group {group.gr_name} " in port_error(str(file), PermissionError(13, "x")).remedy
    file.chmod(0o600)
    assert group_of(str(file)) == ""
    assert "group dialout " in port_error(str(file), PermissionError(13, "x")).remedy
    assert group_of(str(tmp_path / "none")) == ""
