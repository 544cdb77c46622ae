"""The set-up code, operators, tokens, roles."""

import dataclasses

import pytest

from scanstation.access import AccessError, AccessReason, Permission, Role, may
from scanstation.access.credentials import digest_of, hash_pin, new_setup_code, normalise_setup_code, pin_matches


def reason_of(call, *args):
    with pytest.raises(AccessError) as caught:
        call(*args)
    assert caught.value.remedy, "every refusal says how to mend it"
    return caught.value.reason


def test_the_first_start_gives_a_code_and_the_code_makes_one_admin(access):
    assert access.needs_setup
    code = access.setup_code()
    admin = access.create_first_admin(code.lower().replace("-", " "), "1", "Site Admin", "7302")
    assert admin.role is Role.ADMIN
    assert not access.needs_setup
    assert access.setup_code() is None
    assert access.sign_in("1", "7302").may(Permission.ADMINISTER)


def test_the_code_is_not_kept_in_the_stock_file(access, tmp_path):
    code = access.setup_code()
    files = b"".join(path.read_bytes() for path in tmp_path.glob("stock.db*"))
    assert code.encode() not in files
    assert digest_of(code).encode() in files


def test_the_code_works_once_and_a_new_start_voids_the_old_one(access, make_access):
    old = access.setup_code()
    restarted = make_access(seed=2)
    new = restarted.setup_code()
    assert reason_of(restarted.create_first_admin, old, "1", "Admin", "7302") is AccessReason.SETUP_CODE
    restarted.create_first_admin(new, "1", "Admin", "7302")
    assert reason_of(restarted.create_first_admin, new, "2", "Other", "7302") is AccessReason.SETUP_CODE
    assert [operator.badge for operator in restarted.operators()] == ["1"]


def test_guessing_the_code_is_locked_after_five(access, clock):
    code = access.setup_code()
    for _ in range(5):
        assert reason_of(access.create_first_admin, "AAAA", "1", "Admin", "7302") is AccessReason.SETUP_CODE
    assert reason_of(access.create_first_admin, code, "1", "Admin", "7302") is AccessReason.LOCKED
    clock.advance(60)
    access.create_first_admin(code, "1", "Admin", "7302")


def test_a_code_is_dead_once_an_operator_came_in_another_way(access):
    code = access.setup_code()
    access.add_operator("1", "Made by the command line", Role.ADMIN, "7302")
    assert reason_of(access.create_first_admin, code, "2", "Late", "7302") is AccessReason.SETUP_CODE


@pytest.mark.parametrize("pin", ["", "123", "1234", "9876", "0000", "7890", "12345678901234", "73o2", "٧٣٠٢", " 7302"])
def test_pins_that_anyone_guesses_or_nobody_can_type_are_refused(access, pin):
    assert reason_of(access.add_operator, "1", "Anna", Role.COUNTER, pin) is AccessReason.WEAK_PIN
    assert access.operators() == []


@pytest.mark.parametrize(
    ("badge", "name", "reason"),
    [
        ("", "Anna", AccessReason.BAD_BADGE),
        ("a b", "Anna", AccessReason.BAD_BADGE),
        ("é", "Anna", AccessReason.BAD_BADGE),
        ("x" * 41, "Anna", AccessReason.BAD_BADGE),
        ("1", " ", AccessReason.BAD_NAME),
        ("1", "An\x1bna", AccessReason.BAD_NAME),
    ],
)
def test_badges_must_fit_on_a_label_and_names_on_the_screen(access, badge, name, reason):
    assert reason_of(access.add_operator, badge, name, Role.COUNTER, "7302") is reason


def test_a_badge_is_given_once(access):
    access.add_operator("1", "Anna", Role.COUNTER, "7302")
    assert reason_of(access.add_operator, "1", "Ben", Role.ADMIN, "8240") is AccessReason.TAKEN
    assert access.operators()[0].name == "Anna"
    assert reason_of(access.change_pin, "2", "8240") is AccessReason.UNKNOWN


def test_pin_hashes_are_salted_and_say_how_they_were_made(real_pins):
    one, two = hash_pin("7302", b"a" * 16), hash_pin("7302", b"b" * 16)
    assert one != two
    assert one.startswith("scrypt$16384$8$1$")
    assert pin_matches("7302", one) and pin_matches("7302", two)
    assert not pin_matches("7303", one)
    assert not pin_matches("7302", "") and not pin_matches("7302", "plain$7302")


def test_set_up_codes_have_no_letters_that_are_mistaken_on_paper():
    code = new_setup_code(lambda n: bytes(range(n)))
    assert len(code) == 14 and code.count("-") == 2
    assert not set(code) & set("01IO")
    assert normalise_setup_code(f" {code.lower()} ".replace("-", "")) == code


def test_tokens_are_shown_once_kept_hashed_and_can_be_revoked(access, clock):
    token = access.issue_token("exporter", Role.AUDITOR)
    row = access.token(token)
    assert (row.name, row.role) == ("exporter", Role.AUDITOR)
    assert token not in str([dataclasses.asdict(kept) for kept in access.tokens()])
    assert access.token(token + "0") is None
    assert reason_of(access.issue_token, "exporter", Role.ADMIN) is AccessReason.TAKEN
    access.revoke_token("exporter")
    assert access.token(token) is None
    assert reason_of(access.revoke_token, "exporter") is AccessReason.UNKNOWN
    assert access.token(access.issue_token("exporter", Role.AUDITOR)) is not None, "the name is free again"


def test_tokens_run_out(access, clock):
    token = access.issue_token("visitor", Role.AUDITOR, expires_at=clock() + 1_000_000)
    clock.advance(0.9)
    assert access.token(token) is not None
    clock.advance(0.1)
    assert access.token(token) is None


def test_what_each_role_may_do():
    table = {role: {permission.value for permission in Permission if may(role, permission)} for role in Role}
    seat = {"count", "correct", "reopen"}
    assert table == {
        Role.COUNTER: seat,
        Role.SUPERVISOR: seat | {"review", "read_all", "approve"},
        Role.AUDITOR: {"review", "read_all"},
        Role.ADMIN: seat | {"review", "read_all", "approve", "administer"},
    }
