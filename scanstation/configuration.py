"""Where the configuration lies: in the site's own folder, else in the shipped `config/` of wheel or checkout."""

import os
from pathlib import Path

SITE_CONFIG = "SCANSTATION_CONFIG"
"""Environment variable that names the site's own configuration folder."""


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
