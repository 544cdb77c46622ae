"""The URL of a camera: what delivers the frames, and the options.

``camera://0``, ``camera:///folder``, ``camera:///video.mp4``, ``camera://http://host/stream``, ``camera://rtsp://...``.
Options follow ``?``; behind an inner URL, whose query is its own, they follow ``#``.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from drivers.camera.code39 import AS_DRAWN, Code39
from drivers.url import DeviceUrl, Options, parse_url

SCHEME = "camera"
STREAMS = ("http://", "https://", "rtsp://", "rtsps://")
_EXAMPLE = (
    "camera://0, camera:///path/to/folder?watch=1, camera:///path/video.mp4 or camera://http://host/stream#away=5"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraUrl:
    """A camera URL taken apart.

    Exactly one of ``index`` (UVC), ``path`` (file or folder) and ``stream`` (HTTP or RTSP URL) is set.
    ``away``: seconds out of view until a label counts again; ``confirm``: frames that must agree on a symbol without
    error correction; ``watch``: wait for new files of a folder; ``stills``: each file is its own view, else files are
    successive frames; ``budget``: seconds for one frame of a stream, after which no further expensive pass begins
    (milliseconds in the URL; None where it does not say); ``pictures``: the frame goes with each read, to be kept as
    evidence (None where the URL does not say: that of a still goes, that of a stream does not); ``width``,
    ``height``, ``fps``: asked of a UVC camera, 0 leaves them as they are; ``code39``: what a Code 39 means beside the
    characters drawn (``code39=full`` and ``code32=1`` in the URL).
    """

    index: int | None = None
    path: str | None = None
    stream: str | None = None
    away: float = 3.0
    confirm: int = 2
    watch: bool = False
    stills: bool = True
    budget: float | None = None
    pictures: bool | None = None
    width: int = 0
    height: int = 0
    fps: float = 0.0
    code39: Code39 = AS_DRAWN


def parse(url: str) -> CameraUrl:
    """Take ``url`` apart; raises `DriverError` (BAD_URL) that names everything that is wrong with it."""
    head, _, rest = url.partition("://")
    if head == SCHEME and rest.lower().startswith(STREAMS):
        stream, _, behind = rest.partition("#")
        parts = replace(parse_url(f"{SCHEME}:?{behind}", _EXAMPLE), text=url)
        options = Options(parts, _EXAMPLE)
        target = CameraUrl(stream=stream)
        if fault := _stream_fault(stream):
            options.fault(fault)
    else:
        parts = parse_url(url, _EXAMPLE)
        options = Options(parts, _EXAMPLE)
        target = _index_or_path(parts, options)
    target = _with_settings(target, parts, options)
    options.finish()
    return target


def _stream_fault(stream: str) -> str:
    """What is wrong with the address of a stream; empty where nothing is."""
    try:
        parts = urlsplit(stream)
        port = parts.port
    except ValueError as error:
        return f"the stream has a wrong address: {error}"
    if not parts.hostname:
        return "the stream names no host"
    return "the stream has port 0" if port == 0 else ""


def _index_or_path(parts: DeviceUrl, options: Options) -> CameraUrl:
    if parts.scheme == SCHEME and parts.target.isascii() and parts.target.isdigit():
        return CameraUrl(index=int(parts.target))
    if parts.scheme == SCHEME and parts.target.startswith("/") and len(parts.target) > 1:
        return CameraUrl(path=parts.target)
    options.fault("it names no camera")
    return CameraUrl()


def _with_settings(target: CameraUrl, parts: DeviceUrl, options: Options) -> CameraUrl:
    return replace(
        target,
        away=options.number("away", 3.0, 0.0, 86_400.0),
        confirm=options.integer("confirm", 2, 1, 100),
        watch=options.flag("watch", False),
        stills=options.choice("mode", "stills", {"stills": True, "stream": False}),
        budget=options.number("budget", 0.0, 0.0, 60_000.0) / 1000 if "budget" in parts.raw else None,
        pictures=options.flag("pictures", True) if "pictures" in parts.raw else None,
        width=options.integer("width", 0, 0, 20_000),
        height=options.integer("height", 0, 0, 20_000),
        fps=options.number("fps", 0.0, 0.0, 1000.0),
        code39=Code39(
            full=options.choice("code39", "drawn", {"drawn": False, "full": True}),
            code32=options.flag("code32", False),
        ),
    )
