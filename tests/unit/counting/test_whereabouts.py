"""Fixed antennas: which tag has come, moved or left, told once each, in seeded time."""

import random

import pytest

from scanstation.counting.smoothing import Smoothing, window
from scanstation.counting.whereabouts import EPOCH_US, Change, Spot, Whereabouts
from scanstation.station.tag_rates import decode_rates, encode_rates

LEFT, RIGHT = Spot("left", 1), Spot("right", 1)
BOTH = ("left", "right")
START = 1_790_000_000_000_000


class Watch:
    """Two antennas in epochs; what they are told is applied, as the station does when it is journaled."""

    def __init__(self, seed=1):
        self.rng = random.Random(seed)
        self.where = Whereabouts([(LEFT, "L-1"), (RIGHT, "R-1")])
        self.epoch = 0
        self.told = []

    @property
    def now(self):
        return START + self.epoch * EPOCH_US

    def run(self, epochs, tags=(), listening=BOTH):
        """``tags`` are (epc, spot, rate, level); returns what was told meanwhile as (epc, location, arrived)."""
        before = len(self.told)
        for _ in range(epochs):
            for epc, spot, rate, level in tags:
                if self.rng.random() < rate:
                    self.read(epc, spot, level)
            self.epoch += 1
            for change in self.where.changes(self.now, dict.fromkeys(listening, self.now)):
                self.where.apply(change)
                self.told.append(change)
        return [(one.epc, one.location, one.arrived) for one in self.told[before:]]

    def read(self, epc, spot, level, count=2):
        rssi = None if level is None else self.rng.gauss(level, 2)
        self.where.seen(epc, self.now + self.rng.randrange(EPOCH_US), spot, rssi, count)

    def settle(self, spot=LEFT, count=6):
        """Some tags come, so that the antenna knows how loud tags are here."""
        tags = [(f"S{number}", spot, 0.9, -55) for number in range(count)]
        self.run(30, tags)
        return tags


@pytest.mark.parametrize("rate", [0.95, 0.65, 0.2, 0.1])
def test_the_window_is_where_both_errors_are_equally_likely(rate):
    """The odds that a silent tag has left, summed epoch by epoch, pass 1 at the window and not before."""
    leaves, odds, silent = 1 / 200, 0.0, 0
    while odds < 1:
        silent += 1
        odds = (odds + leaves) / (1 - rate)
    assert window(rate) == silent


def test_the_rate_is_learned_from_gaps_and_not_from_absences():
    smoothing = Smoothing(0, 0.65)
    for epoch in range(5, 500, 5):
        smoothing.read(epoch)
    assert smoothing.rate == pytest.approx(0.2, abs=0.01)
    smoothing.read(5_000)
    assert smoothing.rate > 0.17
    assert smoothing.read(4_000) == 0


@pytest.mark.parametrize("rate", [0.95, 0.65, 0.2])
@pytest.mark.parametrize("level", [-55, None])
def test_a_tag_that_stands_comes_once_and_one_that_goes_leaves_once(rate, level):
    watch = Watch()
    told = watch.run(5_000, [("A", LEFT, rate, level)])
    assert told == [("A", "L-1", True)]
    assert list(watch.where.at("L-1")) == ["A"]
    assert watch.run(400) == [("A", "L-1", False)]
    assert watch.where.all() == []


def test_a_tag_that_comes_again_arrives_again_and_a_short_absence_is_none():
    watch = Watch()
    tags = [("A", LEFT, 0.65, -55)]
    watch.run(100, tags)
    watch.run(4)
    assert watch.run(100, tags) == []
    watch.run(400)
    assert watch.run(100, tags) == [("A", "L-1", True)]


def test_a_move_is_one_arrival_with_the_place_before():
    watch = Watch()
    watch.settle(LEFT)
    watch.settle(RIGHT)
    watch.run(100, [("A", LEFT, 0.65, -55), ("A", RIGHT, 0.05, -70)])
    told = watch.run(200, [("A", RIGHT, 0.65, -55), ("A", LEFT, 0.05, -70)])
    assert [one for one in told if one[0] == "A"] == [("A", "R-1", True)]
    (move,) = (one for one in watch.told if one.epc == "A" and one.before)
    assert (move.before, move.location) == ("L-1", "R-1")
    assert "A" not in watch.where.at("L-1")


@pytest.mark.parametrize("level", [-55, None])
@pytest.mark.parametrize("rate", [0.9, 0.5, 0.2])
def test_between_two_antennas_a_tag_does_not_flap(rate, level):
    watch = Watch()
    told = watch.run(10_000, [("A", LEFT, rate, level), ("A", RIGHT, rate, level)])
    assert len(told) == 1


def test_strays_and_ghosts_do_not_come():
    watch = Watch(3)
    tags = watch.settle()
    strays = [(f"X{number}", LEFT, 0.05, -55 - offset) for number, offset in enumerate((10, 13, 15, 17, 20))]
    for number in range(20):
        watch.read(f"G{number}", LEFT, -55, count=1)
        watch.run(100, tags + strays)
    assert {epc for epc, *_ in watch.run(1, tags)} <= {"S0"}
    assert {one.epc for one in watch.told} == {epc for epc, *_ in tags}
    watch.run(400, tags)
    assert watch.where.ghosts == 20
    assert watch.where.strays == 5


def test_a_tag_that_is_carried_next_door_leaves_though_it_is_still_heard():
    watch = Watch()
    tags = watch.settle()
    watch.run(100, [*tags, ("A", LEFT, 0.65, -55)])
    told = watch.run(3_000, [*tags, ("A", LEFT, 0.05, -72)])
    assert told == [("A", "L-1", False)]


def test_the_silence_of_a_lost_reader_is_no_evidence():
    watch = Watch()
    tags = [("A", LEFT, 0.65, -55), ("B", RIGHT, 0.65, -55)]
    watch.run(100, tags)
    assert watch.run(5_000, tags[1:], listening=("right",)) == []
    assert watch.run(100, tags) == []
    watch.run(1_000, tags[1:], listening=("right",))
    assert watch.run(400, tags[1:]) == [("A", "L-1", False)]


class Wire(Watch):
    """A reader whose signs of life reach us apart from its reads, or not at all."""

    def pass_time(self, epochs, sign_every=0):
        """Epochs without a read; the reader says every so often that it reads."""
        for _ in range(epochs):
            self.epoch += 1
            if sign_every and self.epoch % sign_every == 0:
                self.heard = self.now
            self.ask()

    def ask(self):
        for change in self.where.changes(self.now, {"left": self.heard}):
            self.where.apply(change)
            self.told.append(change)


def test_the_silence_of_a_reader_that_gives_no_sign_of_life_is_no_evidence():
    """It is off behind a live broker: its tags stay, and leave when it says that it reads and hears them not."""
    wire = Wire()
    wire.run(100, [("A", LEFT, 0.65, -55)])
    wire.heard = wire.now
    wire.pass_time(10_000)
    assert [one.arrived for one in wire.told] == [True]
    wire.pass_time(400, sign_every=100)
    assert [one.arrived for one in wire.told] == [True, False]


def test_an_antenna_that_is_unplugged_hears_nothing_and_its_tags_stay():
    watch = Watch()
    second = Spot("left", 2)
    watch.where = Whereabouts([(LEFT, "L-1"), (second, "L-2")])
    tags = [("A", LEFT, 0.65, -55), ("B", second, 0.65, -55)]
    watch.run(100, tags)
    for _ in range(2_000):
        watch.epoch += 1
        if watch.rng.random() < 0.65:
            watch.read("B", second, -55)
        assert watch.where.changes(watch.now, {"left": watch.now}, [LEFT]) == []
    patience = watch.where._tags["A"].tracks[LEFT].smoothing.patience()
    assert watch.run(patience - 1, tags[1:]) == []
    assert watch.run(10, tags[1:]) == [("A", "L-1", False)]


def test_signs_of_life_that_are_too_far_apart_say_nothing_of_the_time_between():
    wire = Wire()
    wire.run(100, [("A", LEFT, 0.65, -55)])
    wire.heard = wire.now
    wire.pass_time(10 * 200, sign_every=200)
    assert [one.arrived for one in wire.told] == [True]


def test_other_tags_that_are_read_are_a_sign_of_life():
    wire = Wire()
    tags = [(name, LEFT, 0.65, -55) for name in "AB"]
    wire.run(100, tags)
    for _ in range(200):
        if wire.rng.random() < 0.65:
            wire.read("B", LEFT, -55)
        wire.heard = START
        wire.epoch += 1
        wire.ask()
    assert [(one.epc, one.arrived) for one in wire.told[2:]] == [("A", False)]


def test_reads_that_were_held_up_on_their_way_are_waited_for():
    """The network stood for half a minute; the first that comes through are reads of one of two tags."""
    wire = Wire()
    wire.run(100, [(name, LEFT, 0.65, -55) for name in "AB"])
    wire.heard = wire.now
    wire.pass_time(120)
    for _ in range(4):
        wire.read("A", LEFT, -55)
        wire.heard = wire.now
        wire.epoch += 1
        wire.ask()
    wire.run(100, [(name, LEFT, 0.65, -55) for name in "AB"])
    assert [one.arrived for one in wire.told] == [True, True]


def test_a_station_that_slept_heard_nothing():
    watch = Watch()
    tags = [("A", LEFT, 0.65, -55)]
    watch.run(100, tags)
    watch.epoch += 100_000
    assert watch.run(100, tags) == []


def test_a_change_that_was_not_journaled_is_told_again():
    watch = Watch()
    for _ in range(10):
        watch.read("A", LEFT, -55)
        watch.epoch += 1
        told = watch.where.changes(watch.now, dict.fromkeys(BOTH, watch.now))
    assert [one.epc for one in told] == ["A"]
    assert [one.epc for one in watch.where.changes(watch.now, dict.fromkeys(BOTH, watch.now))] == ["A"]
    watch.where.apply(told[0])
    assert watch.where.changes(watch.now, dict.fromkeys(BOTH, watch.now)) == []


def test_what_was_told_is_the_state_after_a_restart():
    """Tags that are still there are not told again, those that went meanwhile leave, new ones come."""
    before = Watch()
    before.run(300, [("A", LEFT, 0.65, -55), ("B", RIGHT, 0.2, None)])
    after = Watch(2)
    for change in before.told:
        after.where.apply(change)
    assert set(after.where.at("L-1")) | set(after.where.at("R-1")) == {"A", "B"}
    told = after.run(600, [("A", LEFT, 0.65, -55), ("C", LEFT, 0.65, -55)])
    assert sorted(told) == [("B", "R-1", False), ("C", "L-1", True)]


def restarted(before, rates=None):
    after = Watch(2)
    for change in before.told:
        after.where.apply(change)
    after.where.recall(before.where.rates() if rates is None else rates)
    return after


def test_a_restart_goes_on_with_the_rates_that_were_learned():
    """What went meanwhile leaves after the patience that its rate had, what is read seldom is waited for."""
    before = Watch()
    before.run(300, [("OFTEN", LEFT, 0.95, -55), ("SELDOM", LEFT, 0.2, -55)])
    patience = {epc: tag.tracks[LEFT].smoothing.patience() for epc, tag in before.where._tags.items()}
    assert patience["OFTEN"] < 15 < 60 < patience["SELDOM"] < 150
    after = restarted(before)
    assert after.run(patience["OFTEN"] + 20) == [("OFTEN", "L-1", False)]
    assert after.run(patience["SELDOM"]) == [("SELDOM", "L-1", False)]
    ignorant = restarted(before, {})
    assert ignorant.run(250) == []
    assert len(ignorant.run(50)) == 2


@pytest.mark.parametrize("rate", [0.95, 0.65, 0.2, 0.07])
def test_no_departure_is_invented_by_a_restart(rate):
    watch = Watch()
    tags = [(f"T{number}", LEFT, rate, -55) for number in range(40)]
    watch.run(800, tags)
    came = len(watch.told)
    assert came > 30
    for _ in range(5):
        told, watch = watch.told, restarted(watch)
        watch.told = [*told]
        watch.run(300, tags)
        assert all(one.arrived for one in watch.told)


def test_rates_survive_their_file_and_nonsense_in_it_is_left_out():
    before = Watch()
    before.run(300, [("A", LEFT, 0.95, -55), ("B", RIGHT, 0.5, None)])
    again = decode_rates(encode_rates(before.where.rates()))
    assert {spot: list(known) for spot, known in again.items()} == {LEFT: ["A"], RIGHT: ["B"]}
    assert again[RIGHT]["B"] == pytest.approx(before.where.rates()[RIGHT]["B"], abs=0.001)
    nonsense = b'[["left",1,{"A":[9,3],"B":["x",1],"C":[1,2],"D":[0,1],"E":[1,NaN],"F":null}],["r","1",{}],7]'
    assert decode_rates(nonsense) == {LEFT: {"C": (1.0, 2.0)}}
    for broken in (b"", b"{}", b"\xff", b"[" * 100_000):
        assert decode_rates(broken) == {}


def test_a_tag_of_an_antenna_that_watches_no_more_has_left():
    watch = Watch()
    gone = Spot("gone", 4)
    watch.where.apply(Change(epc="A", arrived=True, location="X-1", spot=gone, first=1, last=2))
    assert watch.run(1) == [("A", "X-1", False)]


def test_reads_may_come_late_and_in_any_order():
    rng = random.Random(5)
    watch = Watch()
    for _ in range(500):
        for _ in range(3):
            if rng.random() < 0.65:
                ts = watch.now - rng.randrange(20) * EPOCH_US
                watch.where.seen("A", ts, LEFT, -55.0)
        watch.run(1)
    assert [(one.epc, one.arrived) for one in watch.told] == [("A", True)]


def test_nothing_is_remembered_of_what_has_gone():
    watch = Watch()
    for number in range(500):
        watch.run(1, [(f"T{number}", LEFT, 1.0, -55)])
    watch.run(700)
    assert (watch.where._tags, watch.where._touched, watch.where._tracks) == ({}, {}, 0)
    assert not any(due for reader in watch.where._readers.values() for due in reader._due.values())


def test_when_there_is_no_room_new_tags_are_not_taken_in(monkeypatch):
    monkeypatch.setattr("scanstation.counting.whereabouts.MOST_TRACKS", 2)
    watch = Watch()
    told = watch.run(100, [(name, LEFT, 0.9, -55) for name in "ABC"])
    assert len(told) == 2
    assert watch.where.dropped > 0
    assert len(watch.where._tags) == 2


def test_one_reader_may_watch_with_all_its_antennas():
    where = Whereabouts([(Spot("shelf", 2), "B"), (Spot("shelf", None), "A")])
    assert where.watches("shelf", 7)
    assert not where.watches("other", 1)
    for ts in range(START, START + 10 * EPOCH_US, EPOCH_US):
        where.seen("AA", ts, Spot("shelf", 7), -50.0)
        where.seen("BB", ts, Spot("shelf", 2), -50.0)
        told = where.changes(ts + EPOCH_US, {"shelf": ts})
    assert {one.epc: one.location for one in told} == {"AA": "A", "BB": "B"}
