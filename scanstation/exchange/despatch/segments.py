"""Interchanges as segments, by pydifact and pyx12, guarded where they err.

pydifact reads one file as one interchange, takes a blank in the service string for a release character, and looks for
``'UNA`` in the text, so that everything before a second service string is lost: each interchange is cut out here and
its characters are handed over.  pyx12 reads every interchange of a file with the delimiters of the first one, and
knows two versions of the envelope; the envelope is the same for these purposes, so it is read as one that it knows.
Line breaks within a segment are no data in either syntax.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanstation.exchange.problems import ProblemKind, ProblemLog

_SERVICE = ":+.? '"
_INTERCHANGE = re.compile(r"UNA.{6}\s*UNB|UNB", re.DOTALL)
_ISA_LENGTH = 106
_SHORTEST = 12
"""Characters that a UNA and the tag of the next segment have."""

_NO_CHARACTER = "\x00"
_SHORTEST_X12 = "00401"
_REPETITION = "00402"
"""From this version on the envelope names a repetition separator."""


@dataclass(frozen=True, slots=True)
class Segment:
    """``elements`` follow the tag, each a list of its components; ``place`` counts the segments of the file from 1."""

    tag: str
    elements: Sequence[Sequence[str]]
    place: int

    def get(self, element: int, component: int = 1) -> str:
        """The text at this element and component, counted from 1; empty where the segment ends before."""
        parts = self.elements[element - 1] if element <= len(self.elements) else ()
        return parts[component - 1].strip(" ") if component <= len(parts) else ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the kind ``DESADV`` or ``856``, or another; ``decimal`` is the mark that its sender declared."""

    kind: str
    segments: Sequence[Segment]
    decimal: str

    @property
    def place(self) -> int:
        """Where it begins."""
        return self.segments[0].place


def is_advice(head: str) -> bool:
    """Whether a file that begins so is an EDIFACT or X12 interchange."""
    text = head.lstrip("\ufeff \r\n\t")
    return re.match(r"UNA.{6}\s*UNB[^A-Za-z0-9]|UNB[^A-Za-z0-9 ,;]|ISA[^A-Za-z0-9 ,;]", text, re.DOTALL) is not None


def messages(text: str, log: ProblemLog) -> list[Message]:
    """All messages of a file; what is wrong with its envelopes goes into the log."""
    text = text.lstrip("\ufeff \r\n\t")
    found: list[Message] = []
    place = 0
    for part in _x12_parts(text) if text.startswith("ISA") else _edifact_parts(text):
        segments = list(_read(part, place, log))
        place += len(segments)
        found += _cut(segments, part, log)
    return found


def _edifact_parts(text: str) -> Iterator[str]:
    """Each interchange, with its service string: it ends behind the terminator of its UNZ."""
    while text:
        if len(text) < _SHORTEST:
            yield text
            return
        mark = text[3:9] if text.startswith("UNA") else _SERVICE
        release = "" if mark[3] == " " else re.escape(mark[3])
        plain = rf"{release}.|[^{release}{re.escape(mark[5])}]" if release else rf"[^{re.escape(mark[5])}]"
        start = 9 if text.startswith("UNA") else 0
        trailer = re.compile(rf"\s*(UNZ)?(?:{plain})*{re.escape(mark[5])}", re.DOTALL)
        end, match = start, trailer.match(text, start)
        while match is not None:
            end = match.end()
            match = None if match[1] else trailer.match(text, end)
        if end == start:
            end = len(text)
        yield text[:end]
        text = text[end:].lstrip(" \r\n\t")
        if text and not _INTERCHANGE.match(text):
            yield text
            return


def _x12_parts(text: str) -> Iterator[str]:
    """Each interchange, which declares its own delimiters."""
    while len(text) >= _ISA_LENGTH:
        terminator = re.escape(text[_ISA_LENGTH - 1])
        following = re.search(rf"{terminator}\s*IEA[^{terminator}]*{terminator}", text)
        end = following.end() if following else len(text)
        yield text[:end]
        text = text[end:].lstrip(" \r\n\t")
    if text:
        yield text


def _read(part: str, before: int, log: ProblemLog) -> Iterator[Segment]:
    read = _read_x12 if part.startswith("ISA") else _read_edifact
    try:
        for place, (tag, elements) in enumerate(read(part, before, log), start=before + 1):
            yield Segment(tag, elements, place)
    except _BrokenError as error:
        mend = "Ask the sender for the whole file, as it was sent."
        log.add(ProblemKind.SHAPE, before + 1, "", f"the interchange that begins here cannot be read: {error}", mend)


class _BrokenError(Exception):
    """Why an interchange cannot be read."""


_Raw = tuple[str, list[list[str]]]


def _read_edifact(part: str, before: int, log: ProblemLog) -> Iterator[_Raw]:
    from pydifact.control.characters import Characters
    from pydifact.exceptions import EDISyntaxError
    from pydifact.parser import Parser
    from pydifact.tokenizer import Tokenizer

    del before, log
    if len(part) < _SHORTEST:
        raise _BrokenError(f"it has {len(part)} characters")
    mark = part[3:9] if part.startswith("UNA") else _SERVICE
    body = part[9:] if part.startswith("UNA") else part
    characters = Characters.from_str(f"UNA{mark}")
    if mark[3] == " ":
        characters.escape_character = _NO_CHARACTER
    if mark[5] not in "\r\n":
        body = body.replace("\r", "").replace("\n", "")
    if not body.startswith("UNB"):
        raise _BrokenError(f"it begins with {body[:3]!r}, not with UNB")
    try:
        tokens = Tokenizer().get_tokens(body.rstrip(" "), characters)
        for raw in Parser().convert_tokens_to_raw_segments(tokens):
            tag, *elements = [value if isinstance(value, list) else [value] for value in raw]
            yield str(tag[0]), [[str(text) for text in value] for value in elements]
    except EDISyntaxError as error:
        raise _BrokenError(str(error).removeprefix("EDIFACT Syntax Error: ")) from error


def _read_x12(part: str, before: int, log: ProblemLog) -> Iterator[_Raw]:
    from pyx12.errors import X12Error
    from pyx12.x12file import X12Reader

    if len(part) < _ISA_LENGTH:
        raise _BrokenError(f"its ISA segment has {len(part)} characters, not {_ISA_LENGTH}")
    element, component, terminator = part[3], part[104], part[105]
    known = "00501" if part[84:89] >= _REPETITION else _SHORTEST_X12
    body = part[:84] + known + part[89:]
    if terminator not in "\r\n":
        body = body[:_ISA_LENGTH] + body[_ISA_LENGTH:].replace("\r", "").replace("\n", "")
    try:
        reader = X12Reader(io.StringIO(body))
        for number, segment in enumerate(reader, start=before + 1):
            _tell(reader, number, log)
            values = segment.format(terminator, element, component).removesuffix(terminator).split(element)
            tag, *elements = values
            yield tag, [[value] for value in elements]
        reader.cleanup()
        _tell(reader, before + 1, log)
    except (X12Error, IndexError) as error:
        raise _BrokenError(str(error) or "a trailer stands without its header") from error


def _tell(reader: object, place: int, log: ProblemLog) -> None:
    """Log what pyx12 found wrong with headers, trailers and their counts; loops of healthcare are not ours."""
    for kind, _, why, _, _ in reader.pop_errors():  # type: ignore[attr-defined]
        if kind in ("isa", "gs", "st"):
            log.add(ProblemKind.SHAPE, place, "", why, "Ask the sender for the whole file, as it was sent.")


_FRAMES = {"UNH": "UNT", "ST": "SE"}


def _cut(segments: Sequence[Segment], part: str, log: ProblemLog) -> Iterator[Message]:
    """Cut an interchange into messages; EDIFACT's counts are checked here."""
    decimal = part[5:6] if part.startswith("UNA") else ""
    begun: list[Segment] = []
    count = 0
    for segment in segments:
        if segment.tag in _FRAMES:
            begun = [segment]
        elif begun:
            begun.append(segment)
            if segment.tag == _FRAMES[begun[0].tag]:
                count += 1
                _check_trailer(begun, log)
                kind = begun[0].get(2) if segment.tag == "UNT" else begun[0].get(1)
                yield Message(kind, begun, decimal)
                begun = []
    last = segments[-1] if segments else None
    if begun and begun[0].tag == "UNH":
        _incomplete(log, begun[0].place, "its UNT")
    if last is not None and segments[0].tag == "UNB" and last.tag != "UNZ":
        _incomplete(log, segments[0].place, "its UNZ")
    elif (
        last is not None
        and last.tag == "UNZ"
        and not any(s.tag == "UNG" for s in segments)
        and last.get(1) != str(count)
    ):
        why = f"UNZ says {last.get(1)} messages, but there are {count}"
        log.add(ProblemKind.SHAPE, last.place, "UNZ", why, "Ask the sender for the whole file.")


def _check_trailer(segments: Sequence[Segment], log: ProblemLog) -> None:
    head, trailer = segments[0], segments[-1]
    if trailer.tag == "UNT" and trailer.get(1).lstrip("0") != str(len(segments)):
        why = f"UNT says {trailer.get(1)} segments, but the message has {len(segments)}"
        log.add(ProblemKind.SHAPE, trailer.place, "UNT", why, "Ask the sender for the whole file.")
    if trailer.tag == "UNT" and trailer.get(2) != head.get(1):
        why = f"UNT ends message {trailer.get(2)}, but this is message {head.get(1)}"
        log.add(ProblemKind.SHAPE, trailer.place, "UNT", why, "Ask the sender for the whole file.")


def _incomplete(log: ProblemLog, place: int, what: str) -> None:
    why = f"what begins here ends without {what}"
    log.add(ProblemKind.SHAPE, place, "", why, "The file is cut off: ask for it again.")
