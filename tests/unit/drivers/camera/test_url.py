import pytest

from drivers.camera.url import parse
from drivers.errors import DriverError, Reason


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("camera://0", {"index": 0}),
        ("camera://12?width=1920&height=1080&fps=30", {"index": 12, "width": 1920, "height": 1080, "fps": 30.0}),
        ("camera:///data/photos", {"path": "/data/photos"}),
        ("camera:///data/my%20photos?watch=1", {"path": "/data/my photos", "watch": True}),
        ("camera:///data/photos?mode=stream&confirm=3", {"path": "/data/photos", "stills": False, "confirm": 3}),
        ("camera://http://cam/stream?user=1&x=2", {"stream": "http://cam/stream?user=1&x=2"}),
        ("camera://http://cam/stream?x=2#away=0.5", {"stream": "http://cam/stream?x=2", "away": 0.5}),
        ("camera://rtsp://user:secret@10.0.0.7:554/h264", {"stream": "rtsp://user:secret@10.0.0.7:554/h264"}),
    ],
)
def test_every_kind_of_camera(url, expected):
    target = parse(url)
    for name, value in expected.items():
        assert getattr(target, name) == value


@pytest.mark.parametrize(
    "url",
    ["camera://", "camera:///", "camera://front", "camera://http://", "camera://0?away=-1", "camera://0?zoom=2", "x"],
)
def test_what_names_no_camera_is_an_error_with_an_example(url):
    with pytest.raises(DriverError) as caught:
        parse(url)
    assert caught.value.reason is Reason.BAD_URL
    assert "camera://0" in caught.value.remedy
    assert url in str(caught.value)


def test_all_errors_are_told_at_once():
    with pytest.raises(DriverError) as caught:
        parse("camera://0?zoom=2&away=soon&watch=perhaps")
    for name in ("zoom", "away", "watch"):
        assert name in str(caught.value)
