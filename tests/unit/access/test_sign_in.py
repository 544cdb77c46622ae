"""Badge and PIN at the door."""

import threading

import pytest

from scanstation.access import AccessError, AccessReason, Role
from scanstation.access.attempts import ATTEMPTS, FIRST_LOCK_S, LONGEST_LOCK_S, AttemptsByName

PIN = "7302"


@pytest.fixture
def anna(access):
    return access.add_operator("1001", "Anna Berg", Role.COUNTER, PIN)


def refusal(access, badge, pin):
    with pytest.raises(AccessError) as caught:
        access.sign_in(badge, pin)
    return caught.value


def test_the_right_pin_opens_a_session(access, anna):
    session = access.sign_in("1001", PIN)
    assert (session.badge, session.name, session.role) == ("1001", "Anna Berg", Role.COUNTER)
    assert access.sessions.get(session.id) == session


def test_two_sign_ins_never_share_an_id_or_a_page_token(access, anna):
    first, second = access.sign_in("1001", PIN), access.sign_in("1001", PIN)
    assert len({first.id, second.id, first.csrf, second.csrf}) == 4


def test_a_wrong_pin_and_an_unknown_badge_are_told_in_the_same_words(access, anna):
    known, unknown = refusal(access, "1001", "1597"), refusal(access, "9999", "1597")
    assert known.reason is unknown.reason is AccessReason.WRONG
    assert str(known) == str(unknown) == "badge or PIN is wrong"


@pytest.mark.parametrize("badge", ["1001", "9999"])
def test_five_wrong_attempts_lock_for_a_minute_known_badge_or_not(access, anna, clock, badge):
    for _ in range(ATTEMPTS):
        assert refusal(access, badge, "1597").reason is AccessReason.WRONG
    locked = refusal(access, badge, PIN)
    assert locked.reason is AccessReason.LOCKED
    assert locked.retry_after_s == FIRST_LOCK_S
    clock.advance(FIRST_LOCK_S - 0.001)
    assert refusal(access, badge, PIN).retry_after_s == 1


def test_after_the_lock_the_right_pin_opens_and_clears_the_count(access, anna, clock, book):
    for _ in range(ATTEMPTS):
        refusal(access, "1001", "1597")
    clock.advance(FIRST_LOCK_S)
    access.sign_in("1001", PIN)
    assert (book.operator("1001").failed, book.operator("1001").locked_until) == (0, 0)


def test_locks_double_up_to_the_longest(access, anna, clock):
    waits = []
    for _ in range(6):
        for _ in range(ATTEMPTS):
            refusal(access, "1001", "1597")
        waits.append(refusal(access, "1001", "1597").retry_after_s)
        clock.advance(waits[-1])
    assert waits == [60, 120, 240, 480, LONGEST_LOCK_S, LONGEST_LOCK_S]


def test_a_restart_does_not_open_a_lock(access, anna, make_access):
    for _ in range(ATTEMPTS):
        refusal(access, "1001", "1597")
    assert refusal(make_access(seed=2), "1001", PIN).reason is AccessReason.LOCKED


def test_parallel_guesses_do_not_get_more_than_five_tries(access, anna):
    reasons = []

    def guess(pin):
        try:
            access.sign_in("1001", pin)
        except AccessError as error:
            reasons.append(error.reason)

    threads = [threading.Thread(target=guess, args=(f"{i:04}",)) for i in range(1500, 1512)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reasons) == [AccessReason.LOCKED] * 7 + [AccessReason.WRONG] * 5


def test_guesses_at_many_unknown_badges_take_bounded_memory():
    names = AttemptsByName()
    for number in range(5_000):
        names.fail(str(number), 0)
    assert names.of("4999").failed == 1
    assert names.of("0").failed == 0


def test_an_operator_who_left_cannot_sign_in_and_is_signed_out(access, anna):
    session = access.sign_in("1001", PIN)
    access.set_active("1001", False)
    assert access.sessions.get(session.id) is None
    assert refusal(access, "1001", PIN).reason is AccessReason.WRONG
    access.set_active("1001", True)
    access.sign_in("1001", PIN)


def test_a_new_pin_ends_sessions_and_opens_the_lock(access, anna):
    session = access.sign_in("1001", PIN)
    for _ in range(ATTEMPTS):
        refusal(access, "1001", "1597")
    access.change_pin("1001", "8240")
    assert access.sessions.get(session.id) is None
    access.sign_in("1001", "8240")
    assert refusal(access, "1001", PIN).reason is AccessReason.WRONG


def test_a_new_role_ends_sessions_that_carry_the_old_one(access, anna):
    session = access.sign_in("1001", PIN)
    access.change_role("1001", Role.SUPERVISOR)
    assert access.sessions.get(session.id) is None
    assert access.sign_in("1001", PIN).role is Role.SUPERVISOR


def test_sessions_idle_out_and_a_touch_keeps_them(access, anna, clock):
    session = access.sign_in("1001", PIN)
    clock.advance(599)
    access.sessions.touch(session.id)
    clock.advance(599)
    assert access.sessions.live("1001")
    clock.advance(1)
    assert access.sessions.get(session.id) is None
    access.sessions.touch(session.id)
    assert access.sessions.get(session.id) is None, "a touch must not revive a session"
    assert [s.badge for s in access.sessions.sweep()] == ["1001"]
    assert access.sessions.sweep() == ()


def test_a_session_that_was_ended_is_gone(access, anna):
    session = access.sign_in("1001", PIN)
    access.sessions.end(session.id)
    assert access.sessions.get(session.id) is None
