"""What the parts of a rehearsal's file have in common: values, times, symbols, and the frame of every step."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]
Whole = Annotated[int, Field(strict=True, ge=-(10**12), le=10**12)]
Seconds = Annotated[float, Field(strict=True, ge=0, le=10 * 366 * 86_400, allow_inf_nan=False)]
Cell = str | int | float | bool | None
"""A value of a row."""

BREAK_S = 5.0
"""Seconds between a step and the next one where the file does not say."""


def _hex(text: str) -> str:
    try:
        bytes.fromhex(text)
    except ValueError:
        raise ValueError("is no text of hex digits, two for each byte") from None
    return text


Hex = Annotated[str, Field(min_length=2), AfterValidator(_hex)]


def _aim(text: str) -> str:
    if text and not re.fullmatch(r"\][A-Za-z][0-9A-Za-z]", text):
        raise ValueError(f"{text!r} is no AIM identifier, such as ]E0")
    return text


Aim = Annotated[str, AfterValidator(_aim)]


class Strict(BaseModel):
    """A part of the file: nothing in it may be unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(Strict):
    """What every step may say: when it happens, and at which seat of which station.

    ``after`` are seconds since the step before, ``at`` is a time; a step without both comes 5 seconds later.
    """

    after: Seconds | None = None
    at: AwareDatetime | None = None
    seat: Text = "1"
    station: str = ""

    @property
    def pause_us(self) -> int:
        """Microseconds since the step before, where the step has no time of its own."""
        return round((BREAK_S if self.after is None else self.after) * 1_000_000)

    @model_validator(mode="after")
    def _one_time(self) -> "Step":
        if self.after is not None and self.at is not None:
            raise ValueError("after and at are both there: keep one")
        return self


class Symbol(Strict):
    """What one symbol holds: ``payload`` as text, or its bytes in ``hex``."""

    payload: str | None = None
    hex: Hex | None = None
    aim: Aim = ""

    @model_validator(mode="after")
    def _one_payload(self) -> "Symbol":
        if (self.payload is None) == (self.hex is None):
            raise ValueError("give the payload either as payload or as hex")
        return self

    @property
    def data(self) -> bytes:
        """The bytes that a scanner delivers: one a character up to U+00FF, else the text as UTF-8."""
        if self.hex is not None:
            return bytes.fromhex(self.hex)
        text = self.payload or ""
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")


def microseconds(time: datetime) -> int:
    """A time as microseconds since 1970-01-01 UTC."""
    return round(time.timestamp() * 1_000_000)


def payload_text(journaled: str) -> str:
    """A payload as a file writes it, from the journal's form of one character a byte: the reverse of `Symbol.data`."""
    try:
        text = journaled.encode("latin-1").decode("utf-8")
    except ValueError:
        return journaled
    return text if any(ord(letter) > 0xFF for letter in text) else journaled
