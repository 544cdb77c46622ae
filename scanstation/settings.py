"""Settings of a station: defaults from `config/`, overridden by the site's own folder, then by the environment."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from scanstation.configuration import config_file, fitting
from scanstation.policy import ConsequencePolicy


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Layout = Literal[
    "", "be", "ch", "cz", "de", "dk", "es", "fi", "fr", "gb", "hu", "it", "jp", "nl", "no", "pl", "pt", "se", "tr",
    "uk", "us",
]  # fmt: skip
"""Keyboard layouts of hosts: those of `scanstation.identity.repair.LAYOUTS`, and none."""


class RepairSettings(_Strict):
    """What a device does to its payloads and the station undoes; everything is off unless it is set.

    ``gs`` is what it sends for the separator GS (such as ``~`` or ``{GS}``), ``rs`` and ``eot`` for the RS and EOT of
    an ISO/IEC 15434 envelope; ``layout`` the keyboard layout of a host
    where a keyboard wedge presses US keys; ``strip_prefix`` and ``strip_suffix`` texts that it adds; the last two say
    that it strips the leading zero or the check digit of EAN, UPC and ITF symbols.
    """

    gs: str = Field(default="", max_length=16)
    rs: str = Field(default="", max_length=16)
    eot: str = Field(default="", max_length=16)
    caps_lock: bool = False
    layout: Layout = ""
    strip_prefix: str = Field(default="", max_length=64)
    strip_suffix: str = Field(default="", max_length=64)
    missing_leading_zero: bool = False
    missing_check_digit: bool = False


class LabelHabits(_Strict):
    """How a device gives the symbols of one label.

    ``label_set``: ``one`` says that every scan is a label of its own; ``set`` that one pull of the trigger sends all
    symbols of a label in a burst, each within ``label_set_s`` seconds of the one before; where neither is said, two
    symbols of one item within `Settings.join_window_s` are asked about.  ``reread_s`` is that of `Settings`; 0 for a
    device that never sends one symbol twice by itself.
    """

    label_set: Literal["", "one", "set"] = ""
    label_set_s: float = Field(default=0.15, gt=0, le=10)
    reread_s: float | None = Field(default=None, ge=0, le=5)


LocationName = Annotated[str, Field(min_length=1)]

ANY_ANTENNA = "any"
"""In `DeviceSettings.antennas` every antenna of the reader that is not named."""


class DeviceSettings(LabelHabits):
    """One device of the station.

    With ``capture_mb`` above 0 all that its wire says is kept in at most so many megabytes, to be played back.
    ``antennas`` gives the location that each fixed antenna of an RFID reader watches, by its number or "any"; after
    ``silence_s`` seconds without a sign of life of the reader its silence says nothing of its tags.
    """

    name: str
    url: str
    repair: RepairSettings = RepairSettings()
    capture_mb: int = Field(default=0, ge=0, le=100_000)
    antennas: dict[Annotated[str, Field(pattern=r"^(any|0|[1-9][0-9]{0,4})$")], LocationName] = {}
    silence_s: float = Field(default=45.0, ge=1, le=86_400)  # an Impinj stream says every 30 s that it is alive


class LabelSettings(_Strict):
    """Prefixes of the internal labels that the station prints and reads, and how labels are printed.

    ``resolver`` begins the GS1 Digital Links of items, ``sheet`` and ``roll`` (of `config/labels.toml`) are printed on
    where none is named, ``font`` is a TrueType file for the texts of PDF and ZPL.
    """

    location: str = "LOC-"
    operator: str = "OPR-"
    command: str = "CMD-"
    resolver: str = "https://id.gs1.org"
    sheet: str = "a4-3x7"
    roll: str = "roll-57x32"
    font: Path | None = None


class WedgeSettings(LabelHabits):
    """How a scanner that types into the page marks a scan: one character before it and one after it.

    A control character is typed as Ctrl and its letter (``\\x02`` is Ctrl+B), as scanners send it in their "control
    characters as Ctrl+X" mode; in that mode a GS inside GS1 data arrives as Ctrl+] and survives.  ``\\r`` is Enter,
    ``\\t`` is Tab.
    """

    prefix: str = Field(default="\x02", min_length=1, max_length=1)
    suffix: str = Field(default="\r", min_length=1, max_length=1)
    reread_s: float | None = Field(default=0.05, ge=0, le=5)  # typing takes its time: two scans may end 75 ms apart
    repair: RepairSettings = RepairSettings()


class Tolerance(_Strict):
    """How far a count may lie from the record and still be accurate: the tightest of the three bounds that are set."""

    units: int | None = None
    percent: float | None = None
    value: int | None = None  # 1/10000 of the currency unit


class Policy(_Strict):
    """What the site decides and the engine obeys (config/policy.toml; money in 1/10000 of the currency unit).

    ``ask_above``: a quantity of one scan that is asked about before it counts, in pieces, or in kilograms, litres and
    metres; in a blind count as it stands, in an informed one so much above the record.
    """

    currency: str = "EUR"
    tolerance: dict[str, Tolerance] = Field(default_factory=dict)
    four_eyes_above: int = 0
    post_within_tolerance: bool = True
    ask_above: int = Field(default=10_000, ge=1)
    consequences: ConsequencePolicy = ConsequencePolicy()


class Settings(BaseSettings):
    """Everything a station needs to start.  Environment: ``SCANSTATION_PORT=8800`` and the like."""

    model_config = SettingsConfigDict(env_prefix="SCANSTATION_", env_nested_delimiter="__", extra="forbid")

    station: str = "ST01"
    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8765
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    devices: tuple[DeviceSettings, ...] = ()
    labels: LabelSettings = LabelSettings()
    wedge: WedgeSettings = WedgeSettings()
    session_idle_s: int = Field(default=1_800, ge=30)  # a seat without a scan or touch for so long is signed out
    allowed_hosts: tuple[str, ...] = ()  # names of this station besides localhost, its addresses and its host name
    blind: bool = True
    region: str | None = None  # whose rules weights and prices in in-store numbers follow, such as GERMANY
    join_window_s: float = Field(default=3.0, ge=0, le=60)  # time between the symbols of one label; 0 joins nothing
    reread_s: float = Field(default=0.15, ge=0, le=5)  # the same symbol so soon from one device is the same read
    rfid_epoch_s: float = Field(default=0.25, ge=0.02, le=60)  # fixed antennas: no shorter than a reader's reports
    clock_step_tolerance_s: float = 2.0
    min_free_bytes: int = 16_000_000

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, environment, station.toml."""
        del dotenv_settings, file_secret_settings
        toml = TomlConfigSettingsSource(settings_cls, toml_file=config_file("station.toml"))
        return init_settings, env_settings, toml

    @property
    def journal_path(self) -> Path:
        """The journal: a SQLite file of its own."""
        return self.data_dir / "journal.db"

    @property
    def stock_path(self) -> Path:
        """The stock file: items, locations, records, promises, audits."""
        return self.data_dir / "stock.db"

    @property
    def pictures_path(self) -> Path:
        """The pictures that counts rest on: a folder of files named by their content."""
        return self.data_dir / "pictures"

    @property
    def tag_rates_path(self) -> Path:
        """How often fixed antennas read their tags: a help after a restart, no fact."""
        return self.data_dir / "tag-rates.memory"

    def memory_path(self, device: str) -> Path:
        """What a device must remember over a restart, in a file of its own; the name may hold any characters."""
        return self.data_dir / "devices" / f"{quote(device, safe='')}.memory"

    def capture_path(self, device: str) -> Path:
        """The capture of a device that is to be captured."""
        return self.data_dir / "captures" / f"{quote(device, safe='')}.jsonl"


def load_settings() -> Settings:
    """Read station.toml (the site's own, or the shipped one) and the environment.

    :raises ConfigurationError: with everything in them that does not fit.
    """
    return fitting("station.toml", Settings)


def load_policy() -> Policy:
    """Read policy.toml (the site's own, or the shipped one).

    :raises ConfigurationError: with everything in it that does not fit.
    """
    import tomllib

    return fitting(
        "policy.toml", lambda: Policy.model_validate(tomllib.loads(config_file("policy.toml").read_text("utf-8")))
    )
