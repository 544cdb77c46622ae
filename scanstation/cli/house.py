"""Opens the files of the configured station for a command."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scanstation.cli.output import log_to_stderr

if TYPE_CHECKING:
    from scanstation.settings import Settings
    from scanstation.station.wiring import House


def new_id() -> str:
    """Eight hex digits: short enough to read out, too many to meet by chance among the audits of a site."""
    return uuid.uuid4().hex[:8].upper()


def station_settings() -> "Settings":
    """The settings of this station.  They are loaded here and not with the command line: that takes a while.

    :raises ConfigurationError: with everything that is wrong with them.
    """
    from scanstation.settings import load_settings

    return load_settings()


@contextmanager
def opened(settings: "Settings | None" = None) -> Iterator["House"]:
    """The station's files with the machine's clock and ids."""
    from scanstation.station.wiring import open_house

    log_to_stderr()
    with open_house(
        settings or station_settings(),
        wall=lambda: time.time_ns() // 1000,
        monotonic=lambda: time.monotonic_ns() // 1000,
        ids=new_id,
    ) as house:
        yield house
