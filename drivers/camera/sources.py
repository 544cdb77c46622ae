"""Which source a camera URL names: a folder, a video file, a camera at this machine, an HTTP or RTSP stream."""

from pathlib import Path

from drivers.camera.capture import CaptureSource
from drivers.camera.folder import FolderSource
from drivers.camera.frames import Clock, Source
from drivers.camera.images import SUFFIXES
from drivers.camera.latest import LatestFrame
from drivers.camera.mjpeg import MjpegSource
from drivers.camera.url import CameraUrl


def make_source(target: CameraUrl, clock: Clock) -> Source:
    """Return the source that ``target`` names, not yet open."""
    if target.stream is not None:
        http = target.stream.lower().startswith("http")
        return LatestFrame(MjpegSource(target.stream, clock) if http else CaptureSource(target, clock))
    if target.path is None:
        return LatestFrame(CaptureSource(target, clock))
    path = Path(target.path)
    if target.watch or path.is_dir() or path.suffix.lower() in SUFFIXES:
        interval = 0.0 if target.stills else 1.0 / (target.fps or 25.0)
        return FolderSource(path, clock, watch=target.watch, interval=interval)
    return CaptureSource(target, clock)
