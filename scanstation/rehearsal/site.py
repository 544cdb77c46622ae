"""The settings of a rehearsed station: the shipped defaults, with what the file says over them.

Nothing is taken from the environment or from a site's own folder: a rehearsal comes to the same on every machine.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from scanstation.configuration import shipped_config
from scanstation.rehearsal.errors import Fault
from scanstation.settings import Policy, Settings
from scanstation.unfit import placed, unfit

_NOT_HERE = frozenset({"data_dir", "host", "port", "tls_certificate", "tls_key", "allowed_hosts", "min_free_bytes"})
"""Settings of ports and files: a rehearsal has none of its own."""


class RehearsedSettings(Settings):
    """The settings of a station that reads neither the environment nor a folder."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is handed in."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def station_settings(values: Mapping[str, Any], folder: Path) -> Settings:
    """The settings of the rehearsed station in ``folder``; no URL of its devices is opened: they are wires that
    nobody speaks on."""
    merged = _merged(shipped("station.toml"), values)
    devices = merged.get("devices", ())
    if isinstance(devices, list | tuple):
        merged["devices"] = [{**one, "url": "null://"} if isinstance(one, Mapping) else one for one in devices]
    return RehearsedSettings(**(merged | {"data_dir": folder, "min_free_bytes": 0}))


def site_policy(values: Mapping[str, Any]) -> Policy:
    """The policy of the rehearsed site."""
    return Policy.model_validate(_merged(shipped("policy.toml"), values))


def station_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with the settings of a file."""
    known = [name for name in Settings.model_fields if name not in _NOT_HERE]
    for name in values:
        if name not in known:
            yield Fault(place="station", why=f"not known here yet: {name}", mend=f"Known are {', '.join(known)}.")
    devices = values.get("devices")
    for place, device in enumerate(devices if isinstance(devices, list) else (), start=1):
        for name in ("antennas", "capture_mb"):
            if isinstance(device, dict) and name in device:
                why, mend = f"not known here yet: {name}", "A rehearsal has no wires: leave it out."
                yield Fault(place=f"station, devices, row {place}", why=why, mend=mend)
    rest = {name: value for name, value in values.items() if name in known}
    yield from _faults("station", lambda: station_settings(rest, Path()))


def policy_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with the policy of a file."""
    yield from _faults("policy", lambda: site_policy(values))


def _faults(part: str, make: Any) -> Iterator[Fault]:
    try:
        make()
    except ValidationError as error:
        for one in error.errors(include_url=False):
            loc, kind = placed(one["loc"]), one["type"]
            if kind in ("extra_forbidden", "unexpected_keyword_argument"):
                yield Fault(place=", ".join([part, *loc[:-1]]), why=f"not known here yet: {loc[-1]}")
            else:
                yield Fault(place=", ".join([part, *loc]), why=f"{one['input']!r} {unfit(one)}")
    except (TypeError, ValueError) as error:
        yield Fault(place=part, why=str(error))


@cache
def shipped(name: str) -> Mapping[str, Any]:
    """A shipped file of settings."""
    return tomllib.loads((shipped_config() / name).read_text("utf-8"))


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for name, value in over.items():
        before = merged.get(name)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[name] = _merged(before, value) if both else value  # type: ignore[arg-type]
    return merged
