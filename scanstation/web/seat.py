"""Who asks, whether the seat is theirs, and what of the station they see."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from scanstation.access import ApiToken, Permission, Role, Session, may
from scanstation.station.view import Phase, StationView


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person with a session, a program with a token, or nobody yet."""

    session: Session | None = None
    token: ApiToken | None = None

    @property
    def role(self) -> Role | None:
        """The role of the person or program."""
        who = self.session or self.token
        return who.role if who else None

    def may(self, permission: Permission) -> bool:
        """Whether the caller has ``permission``."""
        return self.role is not None and may(self.role, permission)

    def seated(self, view: StationView) -> bool:
        """Whether the person sits at the station; a program acts for whoever sits there."""
        if self.session is not None:
            return self.session.badge == view.operator
        return self.token is not None and view.operator is not None

    def sees(self, view: StationView) -> bool:
        """Whether the seat is the caller's, or the role sees every seat."""
        return self.seated(view) or self.may(Permission.READ_ALL)


NOBODY = Caller()


def seen_by(caller: Caller, view: StationView, operator_prefix: str) -> StationView:
    """The view that ``caller`` may have.

    To somebody who has not signed in here a seat looks free and untouched: name, devices and alarm stay, who counts
    what does not.  Two scans are shown to everybody: a badge, so that only its PIN has to be typed, and what was
    refused while nobody is signed in, so that a device's red light has an explanation.
    """
    if caller.sees(view):
        return view
    last = view.last
    told = last is not None and (
        last.code.startswith(operator_prefix) or (view.operator is None and last.verdict == "refused")
    )
    return replace(
        view,
        phase=Phase.STOPPED if view.phase is Phase.STOPPED else Phase.SIGNED_OUT,
        operator=None,
        operator_name=None,
        role=None,
        audit=None,
        audit_name=None,
        audits=(),
        location=None,
        round=1,
        location_lines=0,
        location_units=0,
        locations_closed=0,
        locations_total=0,
        pending_quantity=None,
        can_undo=False,
        last=replace(last, location="") if last is not None and told else None,
        lines=(),
        parked=(),
        swept_tags=0,
        present_tags=None,
        question=None,
        notice=None,
        events=0,
        head="",
    )


def state_of(caller: Caller, view: StationView, operator_prefix: str, *, needs_setup: bool) -> dict[str, Any]:
    """What `GET /api/state` and every event carry."""
    session = caller.session
    person: dict[str, Any] | None = None
    if session is not None:
        person = {"badge": session.badge, "name": session.name, "role": session.role.value, "csrf": session.csrf}
        person["seated"] = caller.seated(view)
    return {"view": asdict(seen_by(caller, view, operator_prefix)), "session": person, "setup": needs_setup}
