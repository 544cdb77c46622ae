"""Where the configuration lies: in the site's own folder, else in the shipped `config/` of wheel or checkout."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from scanstation.errors import ScanstationError
from scanstation.unfit import placed, unfit

if TYPE_CHECKING:
    from pydantic import ValidationError

SITE_CONFIG = "SCANSTATION_CONFIG"
"""Environment variable that names the site's own configuration folder."""

Made = TypeVar("Made")


class ConfigurationError(ScanstationError):
    """A file of the configuration, or a variable of the environment, that does not fit: every fault of it."""


def config_file(name: str) -> Path:
    """Return the site's own ``name`` (such as ``policy.toml``) where it has one, else the shipped one."""
    site = os.environ.get(SITE_CONFIG)
    if site and (Path(site) / name).exists():
        return Path(site) / name
    return shipped_config() / name


def shipped_config() -> Path:
    """Return the folder of the shipped configuration: inside the wheel, or beside the packages in a checkout."""
    here = Path(__file__).resolve().parent
    packed = here / "_config"
    return packed if packed.is_dir() else here.parent / "config"


def fitting(name: str, make: Callable[[], Made]) -> Made:
    """Return what ``make`` makes of the configuration file ``name`` and of the environment.

    :raises ConfigurationError: with everything in them that does not fit.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    path = config_file(name)
    remedy = "Mend it; the shipped file shows what it may hold: " + str(shipped_config() / name)
    try:
        return make()
    except ValidationError as error:
        faults = list(_faults(error))
        raise ConfigurationError("\n  ".join([f"{path} does not fit:", *faults]), remedy) from error
    except SettingsError as error:  # a variable that has to be JSON
        raise ConfigurationError(f"environment: {error}", "Give it as JSON.") from error
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} is no TOML file that can be read: {error}", remedy) from error


def _faults(error: "ValidationError") -> Iterator[str]:
    for one in error.errors(include_url=False):
        variable = f"SCANSTATION_{one['loc'][0]}".upper() if one["loc"] else ""
        place = ", ".join(placed(one["loc"]))
        given = (
            "" if one["type"] in ("missing", "extra_forbidden", "unexpected_keyword_argument") else f" {one['input']!r}"
        )
        yield f"{variable if variable in os.environ else place}:{given} {unfit(one)}"
