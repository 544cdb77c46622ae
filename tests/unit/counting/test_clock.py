"""The station's clock never goes backwards and tells of every step."""

from hypothesis import given
from hypothesis import strategies as st

from scanstation.counting.clock import StationClock


class Machine:
    """A wall clock that can be set, and a monotonic one that cannot."""

    def __init__(self, wall=1_000_000_000):
        self.wall, self.monotonic = wall, 5

    def clock(self, **more):
        return StationClock(lambda: self.wall, lambda: self.monotonic, tolerance_us=1_000, **more)

    def pass_time(self, us, step=0):
        self.monotonic += us
        self.wall += us + step


def test_time_passes_without_a_step():
    machine = Machine()
    clock = machine.clock()
    machine.pass_time(10**9)
    assert (clock.now(), clock.take_step()) == (2_000_000_000, None)


def test_a_step_forward_is_followed_and_told_once():
    machine = Machine()
    clock = machine.clock()
    machine.pass_time(10, step=1_001)
    assert (clock.take_step(), clock.take_step(), clock.now()) == (1_001, None, 1_000_001_011)


def test_after_a_step_backward_time_stands_still_until_it_is_caught_up():
    machine = Machine()
    clock = machine.clock()
    before = clock.now()
    machine.pass_time(10, step=-5_000)
    assert (clock.now(), clock.take_step()) == (before, -5_000)
    machine.pass_time(4_000)
    assert clock.now() == before
    machine.pass_time(4_000)
    assert clock.now() == before + 3_010


def test_a_slow_adjustment_is_no_step():
    machine = Machine()
    clock = machine.clock()
    for _ in range(100):
        machine.pass_time(10**6, step=500)
        clock.now()
    assert clock.take_step() is None


def test_time_does_not_fall_behind_the_journal():
    machine = Machine(wall=1_000)
    clock = machine.clock(not_before=9_000)
    assert (clock.now(), clock.take_step(), clock.take_step()) == (9_000, -8_000, None)


def test_the_machines_own_clock_runs():
    clock = StationClock.system()
    first, second = clock.now(), clock.now()
    assert second >= first > 1_700_000_000_000_000
    assert clock.take_step() is None


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(-(10**8), 10**8))))
def test_it_never_goes_backwards(moves):
    machine = Machine()
    clock = machine.clock()
    last, told = clock.now(), []
    for us, step in moves:
        machine.pass_time(us, step)
        now = clock.now()
        assert now >= last
        last = now
    while (step := clock.take_step()) is not None:
        told.append(step)
    assert told == [step for _, step in moves if abs(step) > 1_000]
