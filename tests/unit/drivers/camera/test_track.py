from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.found import Found
from drivers.camera.track import Tracker

SECOND = 1_000_000
FRAME = SECOND // 25


def label(text="4006381333931", x=100.0, y=100.0, symbology="EAN-13"):
    quad = ((x, y), (x + 80, y), (x + 80, y + 40), (x, y + 40))
    return Found(text, text.encode(), "]E0", symbology, quad)


def run(tracker, frames, start=0, step=FRAME):
    """Feed frames and return the texts delivered, one list a frame."""
    return [[found.text for found in tracker.see(frame, start + n * step)] for n, frame in enumerate(frames)]


def delivered(tracker, frames, **keywords):
    return [text for texts in run(tracker, frames, **keywords) for text in texts]


def test_a_label_in_view_counts_once():
    assert delivered(Tracker(), [[label()]] * 100) == ["4006381333931"]


def test_it_counts_with_the_second_frame_that_agrees():
    assert run(Tracker(confirm=2), [[label()]] * 3) == [[], ["4006381333931"], []]


def test_one_frame_is_enough_for_an_error_corrected_symbol():
    assert run(Tracker(confirm=2), [[label(symbology="QR")]]) == [["4006381333931"]]


def test_a_misread_of_a_single_frame_is_not_delivered():
    frames = [[label()], [label("5030159003930")], [label()], [label()]]
    assert delivered(Tracker(), frames) == ["4006381333931"]


def test_a_label_that_moves_through_the_view_counts_once():
    assert delivered(Tracker(), [[label(x=12.0 * n)] for n in range(100)]) == ["4006381333931"]


def test_frames_in_which_it_was_not_readable_do_not_count_it_again():
    frames = [[label()], [label()], [], [], [label()], [], [label()]]
    assert delivered(Tracker(away=3), frames) == ["4006381333931"]


def test_it_counts_again_after_it_left_the_view_long_enough():
    tracker = Tracker(away=1.0, confirm=1)
    assert delivered(tracker, [[label()], *[[]] * 26, [label()]]) == ["4006381333931"] * 2


def test_it_does_not_count_again_a_moment_before():
    tracker = Tracker(away=1.0, confirm=1)
    assert delivered(tracker, [[label()], *[[]] * 25, [label()]]) == ["4006381333931"]


def test_two_equal_labels_visible_at_once_are_two():
    frame = [label(x=0), label(x=300)]
    assert delivered(Tracker(), [frame] * 50) == ["4006381333931"] * 2


def test_a_second_equal_label_that_comes_later_is_counted_once():
    both = [label(x=0), label(x=300)]
    assert delivered(Tracker(), [[label(x=0)]] * 5 + [both] * 5 + [[label(x=300)]] * 5 + [both] * 5) == [
        "4006381333931",
        "4006381333931",
    ]


def test_of_two_equal_labels_the_one_that_stays_is_not_counted_again():
    tracker = Tracker(away=0.5, confirm=1)
    both = [label(x=0), label(x=300)]
    assert len(delivered(tracker, [both] * 3 + [[label(x=300)]] * 60)) == 2


def test_a_gap_without_frames_is_no_absence():
    tracker = Tracker(away=1.0, confirm=1)
    assert delivered(tracker, [[label()]]) == ["4006381333931"]
    assert delivered(tracker, [[label()]], start=3600 * SECOND) == []


def test_a_clock_that_steps_back_counts_nothing_again():
    tracker = Tracker(away=1.0, confirm=1)
    assert len(delivered(tracker, [[label()]] * 3, start=3600 * SECOND)) == 1
    assert delivered(tracker, [[], [label()], [label()]]) == []


def test_a_long_stream_forgets_what_it_saw():
    tracker = Tracker(away=0.1, confirm=1)
    for n in range(2000):
        tracker.see([label(str(n))], n * SECOND)
    assert len(tracker._tracks) < 10


def test_a_label_seen_double_in_one_frame_is_not_two():
    frames = [[label(x=0)]] * 3 + [[label(x=0), label(x=90)]] + [[label(x=100)]] * 9
    assert delivered(Tracker(), frames) == ["4006381333931"]


def test_a_label_that_another_engine_reads_without_aim_identifier_is_the_same():
    from dataclasses import replace

    first = replace(label("BIN-1", symbology="Code 128"), aim="]C0")
    other = replace(first, aim="", engine="zbar")
    assert delivered(Tracker(), [[first]] * 3 + [[other]] * 3) == ["BIN-1"]


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_it_counts_once_for_each_stay_in_view(visible):
    """With gaps that are all longer than ``away``: as many reads as stays."""
    tracker = Tracker(away=1.0, confirm=1)
    stays = sum(now and not before for before, now in zip([False, *visible], visible, strict=False))
    frames = [[label()] if now else [] for now in visible for _ in range(3)]
    assert len(delivered(tracker, frames, step=SECOND)) == stays
