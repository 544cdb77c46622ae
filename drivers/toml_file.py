"""Reading TOML files of fixed shape: every error at once, each with file, table, key and why."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drivers.errors import DriverError, Reason


def load_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; `DriverError` NOT_FOUND, PERMISSION or BAD_FILE (with the line)."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DriverError(Reason.NOT_FOUND, f"{path}: no such file", "check the path") from error
    except OSError as error:
        raise DriverError(Reason.PERMISSION, f"{path}: {error.strerror}", "make the file readable") from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise DriverError(Reason.BAD_FILE, f"{path}: {error}", "correct the file at this place") from error


@dataclass(slots=True)
class Problems:
    """Collects what is wrong with a file; `finish` raises it all in one `DriverError` BAD_FILE."""

    path: Path
    found: list[str] = field(default_factory=list)

    def add(self, table: str, key: str, why: str) -> None:
        """Note that ``key`` of ``table`` is wrong."""
        place = f"[{table}] {key}" if key else f"[{table}]"
        self.found.append(f"{self.path.name}: {place}: {why}")

    def finish(self, remedy: str) -> None:
        """Raise when anything was noted."""
        if self.found:
            raise DriverError(Reason.BAD_FILE, "\n".join(self.found), remedy)


_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false", list: "a list", dict: "a table"}


class Table:
    """One table, read key by key; values of the wrong kind and keys that nobody asked for are noted as problems."""

    def __init__(self, name: str, values: Any, problems: Problems) -> None:
        self.name = name
        self.problems = problems
        self._values: Mapping[str, Any] = values if isinstance(values, dict) else {}
        self._asked: list[str] = []
        if not isinstance(values, dict):
            problems.add(name, "", "is not a table")

    def keys(self) -> list[str]:
        """The keys as the file has them."""
        return list(self._values)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required when there is no default."""
        return str(self._get(key, (str,), default, ""))

    def number(self, key: str, default: float | None, low: float, high: float) -> float:
        """A number from ``low`` to ``high``; required when ``default`` is None."""
        return float(self._range(key, (int, float), default, low, high))

    def integer(self, key: str, default: int | None, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``; required when ``default`` is None."""
        return int(self._range(key, (int,), default, low, high))

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        return bool(self._get(key, (bool,), default, default))

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts; required when there is no default."""
        values = self._get(key, (list, tuple), default, ())
        if not all(isinstance(value, str) for value in values):
            self.wrong(key, "is not a list of texts")
            return ()
        return tuple(values)

    def octets(self, key: str, default: str | None = None) -> bytes:
        """Bytes written as pairs of hex digits; required when there is no default."""
        text = self.text(key, default)
        try:
            return bytes.fromhex(text)
        except ValueError:
            self.wrong(key, f"{text!r} is not pairs of hex digits")
            return b""

    def choice(self, key: str, choices: tuple[str, ...]) -> str | None:
        """One of ``choices``; None (and a problem) for anything else."""
        value = self.text(key)
        if value in choices:
            return value
        if key in self._values:
            self.wrong(key, f"{value!r} is none of {', '.join(choices)}")
        return None

    def table(self, key: str) -> "Table":
        """A table inside this one; absent is empty."""
        return Table(f"{self.name}.{key}" if self.name else key, self._get(key, (dict,), {}, {}), self.problems)

    def rows(self, key: str) -> list[Any]:
        """The rows of an array of tables, unchecked; absent is empty."""
        return list(self._get(key, (list,), [], []))

    def ignore(self, key: str) -> None:
        """Take a key for one that is known, without its value."""
        self._asked.append(key)

    def wrong(self, key: str, why: str) -> None:
        """Note a problem that the caller found."""
        self.problems.add(self.name, key, why)

    def finish(self) -> None:
        """Note the keys that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.wrong(key, f"unknown key (known here: {', '.join(self._asked)})")

    def _get(self, key: str, kinds: tuple[type, ...], default: Any, fallback: Any) -> Any:
        self._asked.append(key)
        if key not in self._values:
            if default is None:
                self.wrong(key, f"is missing; it is {_WORDS[kinds[0]]}")
                return fallback
            return default
        value = self._values[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            self.wrong(key, f"{value!r} is not {_WORDS[kinds[-1] if kinds[-1] is float else kinds[0]]}")
            return fallback if default is None else default
        return value

    def _range(self, key: str, kinds: tuple[type, ...], default: Any, low: float, high: float) -> Any:
        value = self._get(key, kinds, default, low)
        if not low <= value <= high:
            self.wrong(key, f"{value} is not from {low} to {high}")
            return low
        return value
