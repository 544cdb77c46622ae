"""The URL of a camera: what delivers the frames, and the options.

``camera://0``, ``camera:///folder``, ``camera:///video.mp4``, ``camera://http://host/stream``, ``camera://rtsp://...``.
Options follow ``?``; behind an inner URL, whose query is its own, they follow ``#``.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from drivers.errors import DriverError, Reason

SCHEME = "camera://"
STREAMS = ("http", "https", "rtsp", "rtsps")
_EXAMPLES = "Write camera://0, camera:///path/to/folder, camera:///path/video.mp4 or camera://http://host/stream."


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraUrl:
    """A camera URL taken apart.

    Exactly one of ``index`` (UVC), ``path`` (file or folder) and ``stream`` (HTTP or RTSP URL) is set.
    ``away``: seconds out of view until a label counts again; ``confirm``: frames that must agree on a symbol without
    error correction; ``watch``: wait for new files of a folder; ``mode``: ``stills`` (each file is its own view) or
    ``stream`` (files are successive frames); ``width``, ``height``, ``fps``: asked of a UVC camera.
    """

    index: int | None = None
    path: str | None = None
    stream: str | None = None
    away: float = 3.0
    confirm: int = 2
    watch: bool = False
    mode: str = "stills"
    width: int | None = None
    height: int | None = None
    fps: float | None = None


def parse(url: str) -> CameraUrl:
    """Take ``url`` apart; raises `DriverError` (BAD_URL) that names every wrong option."""
    if not url.startswith(SCHEME):
        raise DriverError(Reason.BAD_URL, f"{url}: not a camera URL", _EXAMPLES)
    rest = url[len(SCHEME) :]
    if rest.split(":", 1)[0].lower() in STREAMS and "://" in rest:
        target, _, query = rest.partition("#")
        if not urlsplit(target).hostname:
            raise DriverError(Reason.BAD_URL, f"{url}: names no host", _EXAMPLES)
        return _with_options(url, query, stream=target)
    target, _, query = rest.partition("?")
    if target.isascii() and target.isdigit():
        return _with_options(url, query, index=int(target))
    if target.startswith("/") and len(target) > 1:
        return _with_options(url, query, path=unquote(target))
    raise DriverError(Reason.BAD_URL, f"{url}: names no camera", _EXAMPLES)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError("must be above 0")
    return value


def _whole(text: str) -> int:
    value = int(text)
    if not 0 < value < 100_000:
        raise ValueError("must be a whole number above 0")
    return value


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("must be 0 or 1")
    return text == "1"


def _mode(text: str) -> str:
    if text not in ("stills", "stream"):
        raise ValueError("must be stills or stream")
    return text


_OPTIONS = {
    "away": _positive,
    "confirm": _whole,
    "watch": _switch,
    "mode": _mode,
    "width": _whole,
    "height": _whole,
    "fps": _positive,
}


def _with_options(url: str, query: str, **source: object) -> CameraUrl:
    options: dict[str, object] = {}
    wrong: list[str] = []
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in _OPTIONS:
            wrong.append(f"no option {name!r}")
            continue
        try:
            options[name] = _OPTIONS[name](text)
        except ValueError as error:
            wrong.append(f"{name}={text}: {error}")
    if wrong:
        raise DriverError(Reason.BAD_URL, f"{url}: {'; '.join(wrong)}", f"Options are {', '.join(_OPTIONS)}.")
    return CameraUrl(**source, **options)  # type: ignore[arg-type]
