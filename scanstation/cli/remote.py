"""The office of a running station, over its API: the same steps as `scanstation.station.desk.Desk`."""

import base64
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scanstation.audit import LeftOut, Posting, RecordKey, Rejection
from scanstation.errors import ScanstationError
from scanstation.reports import AuditReport
from scanstation.reports.json_reader import from_json
from scanstation.station.desk import Approved, Opened

ANSWER_S = 3_600
"""Seconds to wait for a step: a reconciliation of millions of records takes minutes."""


class RemoteError(ScanstationError):
    """The running station refused a step or did not answer; ``reason`` as the API says it."""

    def __init__(self, message: str, remedy: str = "", reason: str = "") -> None:
        super().__init__(message, remedy)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteDesk:
    """The steps of an audit at a station that runs at ``url``.

    ``authorization`` is the value of the HTTP header; ``certificate`` the station's own where it serves with TLS.
    Raises `RemoteError`.
    """

    url: str
    authorization: str
    certificate: Path | None = None

    def open(self, name: str, locations: Sequence[str] = (), zones: Sequence[str] = (), blind: bool = True) -> Opened:
        """Take the snapshot and let counting begin."""
        body = {"name": name, "locations": list(locations), "zones": list(zones), "blind": blind}
        return Opened(**self._json("open", body))

    def reconcile(self, audit: str) -> AuditReport:
        """End the count, compare with the record, and say what breaks."""
        return self._report(f"{quote(audit, safe='')}/reconcile", {})

    def recount(self, audit: str, locations: Sequence[str] = (), reason: str = "") -> tuple[str, ...]:
        """Ask for another count by another person."""
        body = {"locations": list(locations), "reason": reason}
        return tuple(self._json(f"{quote(audit, safe='')}/recount", body)["locations"])

    def reject(self, audit: str, record: RecordKey, reason: str, alone: bool = False) -> Rejection:
        """Leave a record as it is although something was found of it."""
        body = {**_spelt(record), "reason": reason, "alone": alone}
        return Rejection(**self._json(f"{quote(audit, safe='')}/reject", body))

    def withdraw_rejection(self, audit: str, record: RecordKey) -> None:
        """Take a rejection back before the audit is approved."""
        self._json(f"{quote(audit, safe='')}/withdraw-rejection", _spelt(record))

    def approve(self, audit: str, reason: str) -> Approved:
        """Approve the adjustments."""
        return Approved(**self._json(f"{quote(audit, safe='')}/approve", {"reason": reason}))

    def withdraw(self, audit: str) -> None:
        """Take an approval back before anything is posted."""
        self._json(f"{quote(audit, safe='')}/withdraw", {})

    def post(self, audit: str) -> Posting:
        """Post what was approved, once."""
        answer = self._json(f"{quote(audit, safe='')}/post", {})
        left_out = tuple(LeftOut(**row) for row in answer.pop("not_posted"))
        return Posting(**answer, not_posted=left_out)

    def report(self, audit: str) -> AuditReport:
        """The report of an audit as it stands now."""
        return self._report(f"{quote(audit, safe='')}/report", None)

    def devices(self) -> dict[str, Any]:
        """``station``, its time ``at`` in microseconds, and ``devices``, each as `DeviceLife`."""
        return self._json("devices", None)

    def _report(self, path: str, body: dict[str, Any] | None) -> AuditReport:
        try:
            return from_json(self._ask(path, body))
        except ValueError as error:
            raise RemoteError(f"the station at {self.url} answers in another way: {error}", _VERSIONS) from error

    def _json(self, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        answer = json.loads(self._ask(path, body))
        assert isinstance(answer, dict)
        return answer

    def _ask(self, path: str, body: dict[str, Any] | None) -> str:
        request = urllib.request.Request(
            f"{self.url.rstrip('/')}/api/office/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": self.authorization, "content-type": "application/json"},
        )
        try:
            with self._opener().open(request, timeout=ANSWER_S) as answer:
                text = answer.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            raise _refused(error) from error
        except OSError as error:
            cause = getattr(error, "reason", error)
            raise RemoteError(
                f"no station answers at {self.url}, though its journal is in use: {cause}",
                "wait until the other command has ended, or stop the station and start it again",
                "no_answer",
            ) from error
        assert isinstance(text, str)
        return text

    def _opener(self) -> urllib.request.OpenerDirector:
        """Straight to the station, whatever proxy this machine uses, and trusting its own certificate alone."""
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if self.certificate is not None:
            trust = ssl.create_default_context(cafile=str(self.certificate))
            trust.check_hostname = False  # its name on this machine is an address; the certificate itself is pinned
            handlers.append(urllib.request.HTTPSHandler(context=trust))
        return urllib.request.build_opener(*handlers)


_VERSIONS = "let the command and the station be of one version: restart the station after an upgrade"


def _spelt(record: RecordKey) -> dict[str, str | None]:
    item, location, lot = record
    return {"item": item, "location": location, "lot": lot}


def badge_and_pin(badge: str, pin: str) -> str:
    """The header of a person (HTTP Basic, RFC 7617)."""
    return "Basic " + base64.b64encode(f"{badge}:{pin}".encode()).decode("ascii")


def _refused(error: urllib.error.HTTPError) -> RemoteError:
    """What the station said."""
    with error:
        text = error.read().decode("utf-8", "replace")
    try:
        answer = json.loads(text)
        return RemoteError(answer.get("error") or answer["text"], answer.get("remedy", ""), answer.get("reason", ""))
    except (ValueError, KeyError, AttributeError):
        return RemoteError(f"the station answered {error.code} {error.reason}", _VERSIONS)
