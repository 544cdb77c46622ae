"""The camera of the device that shows the page: frames go to the station, labels count once."""

import asyncio
import random

import cv2
import httpx
import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from drivers.simulators.rendering import compose, draw_label
from scanstation.web.frames import PAGE_CAMERA
from scanstation.web.guard import FRAME_LIMIT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEA, LAMP = "9521141000014", "9521141000021"
SIZE = (640, 480)


def jpeg(*codes: str, seed: int = 3) -> bytes:
    frame = compose([draw_label(code.encode()) for code in codes], SIZE, random.Random(seed))
    good, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert good
    return bytes(data)


@pytest_asyncio.fixture(loop_scope="session")
async def caller(house):
    """A client with the session of the seated operator, as the page has it."""
    session = await house.seat()
    csrf = house.access.sessions.get(session).csrf
    headers = {"x-scanstation-token": csrf, "origin": house.url, "content-type": "image/jpeg"}
    async with httpx.AsyncClient(
        base_url=house.url, cookies={"scanstation_session": session}, headers=headers, timeout=30, trust_env=False
    ) as client:
        yield client


async def test_a_label_before_the_camera_counts_once_and_two_equal_ones_twice(caller, house):
    for _ in range(4):
        assert (await caller.post("/api/frames", content=jpeg(TEA))).status_code == 200
    assert house.counted() == [("TEA-1", 1)]
    for _ in range(4):
        answer = await caller.post("/api/frames", content=jpeg(LAMP, LAMP))
    assert house.counted() == [("TEA-1", 1), ("LAMP-7", 1), ("LAMP-7", 1)]
    assert answer.json() == {"outcome": "ok", "reads": []}
    (device,) = house.station.view().devices
    assert (device.name, device.state) == (PAGE_CAMERA, "ready")
    assert {event.device for event in house.facts()} == {PAGE_CAMERA}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "image/jpeg", 422),
        (random.Random(1).randbytes(5000), "image/jpeg", 422),
        (jpeg(TEA)[:2000], "image/jpeg", 422),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (30_000).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0", "image/png", 422),
        (jpeg(TEA), "image/svg+xml", 415),
        (jpeg(TEA), "application/json", 415),
        (b"\xff\xd8" + bytes(FRAME_LIMIT), "image/jpeg", 413),
    ],
    ids=["nothing", "noise", "cut off", "huge", "drawing", "no picture", "too large"],
)
async def test_what_is_no_frame_is_refused_in_words_and_the_next_one_is_read(caller, house, body, kind, status):
    answer = await caller.post("/api/frames", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.json()["text"]
    assert house.counted() == []
    for _ in range(2):
        assert (await caller.post("/api/frames", content=jpeg(TEA))).status_code == 200
    assert house.counted() == [("TEA-1", 1)]


async def test_only_who_sits_at_the_station_may_bring_frames(caller, house):
    stranger = {"cookie": "scanstation_session=none"}
    assert (await caller.post("/api/frames", content=jpeg(TEA), headers=stranger)).status_code == 401
    assert (
        await caller.post("/api/frames", content=jpeg(TEA), headers={"x-scanstation-token": "no"})
    ).status_code == 403
    await house.station.sign_in("1002")
    assert (await caller.post("/api/frames", content=jpeg(TEA))).status_code == 409
    assert house.counted() == []


async def test_the_page_may_use_the_camera_and_no_other_site_may(caller):
    answer = await caller.get("/")
    assert "camera=(self)" in answer.headers["permissions-policy"]


async def test_chromium_reads_labels_through_the_page(chromium_path, house, visitor, tmp_path):
    """A film of two labels one after the other, as the camera of a browser of its own."""
    film = tmp_path / "film.mjpeg"
    film.write_bytes(b"".join([jpeg(TEA)] * 40 + [jpeg()] * 10 + [jpeg(LAMP)] * 40 + [jpeg()] * 10))
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--autoplay-policy=no-user-gesture-required",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=flags)
        context = await browser.new_context()
        visitor.page = page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Sec" in message.text else None)
        await visitor.open_page()
        await page.get_by_role("button", name="Camera").click()
        await expect(page.locator("#camera")).to_have_text("Camera on")
        await expect(page.locator("#camera-box")).to_be_visible()
        async with asyncio.timeout(60):
            while {item for item, _ in house.counted()} != {"TEA-1", "LAMP-7"}:
                await asyncio.sleep(0.05)
        await expect(page.locator("#card-device")).to_have_text(PAGE_CAMERA)
        await page.get_by_role("button", name="Camera on").click()
        await expect(page.locator("#camera-box")).to_be_hidden()
        await browser.close()
    assert not faults, faults
