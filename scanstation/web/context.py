"""What the routes of one app share."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from fastapi import Request
from prometheus_client import CollectorRegistry

from scanstation.access import Access
from scanstation.counting.decision import Decision
from scanstation.settings import Settings
from scanstation.station.service import Station
from scanstation.web.back_office import BackOffice
from scanstation.web.door import Door
from scanstation.web.seat import Caller, state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The station, the door to it, and the clock; ``back`` is the supervisors' office where the app has one.

    ``registry`` holds the figures for ``/metrics``; ``stopping`` ends event streams so that the server can stop.
    """

    station: Station
    access: Access
    settings: Settings
    door: Door
    clock: Callable[[], int]
    registry: CollectorRegistry
    back: BackOffice | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def state(self, caller: Caller) -> dict[str, Any]:
        """The state of the station as ``caller`` may see it."""
        prefix = self.settings.labels.operator
        return state_of(caller, self.station.view(), prefix, needs_setup=self.access.needs_setup)

    def answer(self, caller: Caller, decision: Decision) -> dict[str, Any]:
        """What a POST answers: the decision without its events, and the state after it."""
        words = asdict(decision)
        del words["events"], words["question"]  # the state tells what is asked
        return {**words, "state": self.state(caller)}


def context_of(request: Request) -> Context:
    """The context of the app that serves this request."""
    context = request.app.state.context
    assert isinstance(context, Context)
    return context
