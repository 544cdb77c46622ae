import random

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.camera.engines import zxing_read
from drivers.camera.fit import fit_profile
from drivers.camera.judge import has_gs1_check_digit
from drivers.camera.retail import EAN8, EAN13, UPC_E, compress_upc_e, expand_upc_e
from drivers.simulators.rendering import draw_label

CHECKED = st.integers(0, 10**12 - 1).map(lambda n: with_check_digit(f"{n:012d}"))
SHORT = st.integers(0, 10**7 - 1).map(lambda n: with_check_digit(f"{n:07d}"))


def with_check_digit(digits):
    return next(digits + check for check in "0123456789" if has_gs1_check_digit(digits + check))


def seen(number, *, blur=0.0, noise=0.0, seed=1, reverse=False):
    """Return the profile of a drawn label (3 samples a module) and the columns at which its bars end."""
    label = draw_label(number.encode(), "]E0" if len(number) == 13 else "]E4").astype(np.float32)
    row = label[len(label) // 2]
    dark = np.flatnonzero(row < 128)
    if blur:
        row = cv2.GaussianBlur(row[None, :], (0, 0), 3 * blur)[0]
    row = row + np.random.default_rng(seed).normal(0, noise, len(row)).astype(np.float32)
    first, last = float(dark[0]), float(dark[-1] + 1)
    return (row[::-1], len(row) - last, len(row) - first) if reverse else (row, first, last)


@settings(max_examples=40, deadline=None)
@given(CHECKED, st.booleans(), st.floats(-0.1, 0.1))
def test_every_number_is_found_in_either_direction(number, reverse, error):
    profile, first, last = seen(number, blur=0.5, noise=5, reverse=reverse)
    reach = (last - first) * error
    fit = fit_profile(profile, EAN13, first + reach, last + reach)
    assert fit.text == number
    assert fit.margin > 10
    assert fit.explained > 0.7
    assert fit.against(number) == 0


@settings(max_examples=20, deadline=None)
@given(SHORT)
def test_every_short_number_is_found(number):
    fit = fit_profile(*_parts(EAN8, seen(number, blur=0.4, noise=3)))
    assert fit.text == number
    assert fit.margin > 10


@settings(max_examples=20, deadline=None)
@given(CHECKED, st.integers(0, 10**12 - 1))
def test_another_number_is_contradicted(number, other):
    other = with_check_digit(f"{other:012d}")
    fit = fit_profile(*_parts(EAN13, seen(number, blur=0.5, noise=5)))
    if other != number:
        assert fit.against(other) >= fit.margin > 10


def test_it_reads_blur_that_hides_the_edges_from_a_decoder():
    number = "4006381333931"
    label = draw_label(number.encode()).astype(np.float32)
    frame = cv2.GaussianBlur(label, (0, 0), 3 * 0.9)
    frame = np.clip(frame + np.random.default_rng(1).normal(0, 4, frame.shape), 0, 255).astype(np.uint8)
    assert zxing_read(frame) == []
    _row, first, last = seen(number)
    fit = fit_profile(frame[30:80].mean(axis=0), EAN13, first, last)
    assert fit.text == number
    assert fit.margin > 10


def test_what_is_no_retail_number_never_gets_a_margin(full):
    rng = np.random.default_rng(7)
    worst = 0.0
    for n in range(400 if full else 60):
        if n % 2:
            row = draw_label(f"LOT-{n:06d}".encode(), "]C0")[40].astype(np.float32)
        else:
            row = np.repeat(rng.integers(0, 2, 95) * 255, 3).astype(np.float32)
        dark = np.flatnonzero(row < 128)
        for layout in (EAN13, EAN8, UPC_E):
            fit = fit_profile(cv2.GaussianBlur(row[None, :], (0, 0), 1.5)[0], layout, float(dark[0]), float(dark[-1]))
            worst = max(worst, fit.margin if fit and fit.explained > 0.7 else 0.0)
    assert worst < 10


@pytest.mark.parametrize("profile", [np.zeros(300), np.full(300, 255.0), np.arange(300.0), np.zeros(3)])
def test_an_empty_profile_fits_nothing(profile):
    fit = fit_profile(profile.astype(np.float32), EAN13, 20.0, 280.0)
    assert fit is None or fit.margin < 10


@pytest.mark.parametrize(
    ("short", "number"),
    [
        ("04965802", "0049000006582"),
        ("01234565", "0012345000065"),
        ("04124498", "0041244000098"),
        ("04963406", "0049000006346"),
        ("00783491", "0007834000091"),
    ],
)
def test_upc_e_stands_for_a_longer_number(short, number):
    assert expand_upc_e(short) == number
    assert has_gs1_check_digit(number)
    assert compress_upc_e(number) == short


def test_upc_e_is_fitted():
    """Drawn from the tables of the layout: quiet zone, guard bars, six digits whose sets say the check digit."""
    from drivers.camera.retail import SET_A, SET_B

    rng = random.Random(3)
    for _ in range(20):
        variant = rng.choice([variant for variant in UPC_E.variants if variant.last is not None])
        digits = _digits_for(variant, rng)
        if digits is None:
            continue
        sets = {"A": SET_A, "B": SET_B}
        bars = "".join(sets[kind][int(digit)] for kind, digit in zip(variant.sets, digits, strict=True))
        modules = "0" * 12 + "101" + bars + "010101" + "0" * 12
        row = np.repeat([255.0 * (module == "0") for module in modules], 4).astype(np.float32)
        fit = fit_profile(cv2.GaussianBlur(row[None, :], (0, 0), 2.0)[0], UPC_E, 48.0, 48.0 + 51 * 4)
        assert fit.text == variant.prefix + digits + variant.suffix
        assert has_gs1_check_digit(expand_upc_e(fit.text))


def _digits_for(variant, rng):
    for _ in range(1000):
        digits = f"{rng.randrange(10**5):05d}{variant.last}"
        total = variant.constant + sum(w * int(d) for w, d in zip(variant.weights, digits, strict=True))
        if total % 10 == 0:
            return digits
    return None


def _parts(layout, profile):
    row, first, last = profile
    return row, layout, first, last
