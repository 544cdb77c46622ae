"""Cameras, pictures and videos as devices: frames in, `drivers.Read` out.

OpenCV and the decoders are imported when the first picture is read, not with this package.
"""

from drivers.camera.device import CameraDevice, camera_device
from drivers.camera.found import Found
from drivers.camera.pushed import PushedCamera
from drivers.camera.read import Sight, look_at, read_frame, read_image

__all__ = ["CameraDevice", "Found", "PushedCamera", "Sight", "camera_device", "look_at", "read_frame", "read_image"]
