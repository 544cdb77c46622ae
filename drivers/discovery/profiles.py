"""Profiles of well-known devices, as data: the options of their URL, and what a person should know."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from drivers.discovery.kinds import Kind
from drivers.toml_file import Problems, Table, load_toml

_KINDS = (Kind.SERIAL, Kind.KEYBOARD, Kind.HIDRAW, Kind.CAMERA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A well-known device.

    ``usb`` are the ids it has (``vendor:product`` in hex, ``*`` allowed), ``options`` those of its URL by the kind of
    device that it appears as, ``modes`` what a person should know when it has just these ids.  ``settings`` are
    lines of its table in ``station.toml``, besides name and URL, such as ``label_set`` and ``reread_s``.
    """

    name: str
    usb: tuple[str, ...]
    options: dict[Kind, dict[str, str]] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)
    advice: str = ""
    settings: dict[str, str | float] = field(default_factory=dict)

    def fits(self, usb: str) -> bool:
        """Whether a device with these ids is such a one."""
        return any(fnmatchcase(usb, pattern) for pattern in self.usb)

    def advice_for(self, usb: str) -> str:
        """What a person should know about a device with these ids."""
        return self.modes.get(usb, self.advice)


def load_profiles(folder: Path) -> list[Profile]:
    """The profiles in ``folder/*.toml``, the most exact first; `DriverError` BAD_FILE with all errors of a file."""
    profiles = [_profile(path) for path in sorted(folder.glob("*.toml"))]
    return sorted(profiles, key=lambda profile: sum("*" in pattern for pattern in profile.usb))


def profile_of(usb: str, profiles: list[Profile]) -> Profile | None:
    """The first profile that fits these ids."""
    return next((profile for profile in profiles if usb and profile.fits(usb)), None)


def _profile(path: Path) -> Profile:
    problems = Problems(path)
    table = Table("", load_toml(path), problems)
    options = {kind: _texts(table, kind.value) for kind in _KINDS}
    profile = Profile(
        name=table.text("name"),
        usb=tuple(pattern.lower() for pattern in table.texts("usb")),
        options={kind: texts for kind, texts in options.items() if texts},
        modes={ids.lower(): text for ids, text in _texts(table, "modes").items()},
        advice=table.text("advice", ""),
        settings=_settings(table.table("settings")),
    )
    table.finish()
    for pattern in (*profile.usb, *profile.modes):
        if len(pattern) < 6 or pattern[4] != ":":
            table.wrong("usb", f"{pattern!r} is not vendor:product, such as 0c2e:0b6a or 0c2e:*")
    problems.finish(
        'a profile has name, usb = ["vvvv:pppp"], advice, [modes] of texts by ids, [settings] (label_set, label_set_s, '
        "reread_s), and the URL options of each kind: " + ", ".join(f"[{kind}]" for kind in _KINDS)
    )
    return profile


def _settings(table: Table) -> dict[str, str | float]:
    """How such a device gives the symbols of a label; only what the profile says."""
    found: dict[str, str | float] = {}
    if "label_set" in table.keys():  # noqa: SIM118  (a table, not a dict)
        found["label_set"] = table.text("label_set")
        if found["label_set"] not in ("one", "set"):
            table.wrong("label_set", f"{found['label_set']!r} is neither one nor set")
    for name, most in (("label_set_s", 10.0), ("reread_s", 5.0)):
        if name in table.keys():  # noqa: SIM118
            found[name] = table.number(name, None, 0.0, most)
    table.finish()
    return found


def _texts(table: Table, name: str) -> dict[str, str]:
    inner = table.table(name)
    return {key: inner.text(key) for key in inner.keys()}  # noqa: SIM118  (a table, not a dict)
