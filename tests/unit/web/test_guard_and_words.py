"""Small parts of the web room that need no server."""

import pytest
from pydantic import ValidationError

from scanstation.web.guard import host_name, own_hosts
from scanstation.web.messages import Mark, Scan, complaint


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost:8765", "localhost"),
        ("LOCALHOST", "localhost"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:8765", "::1"),
        ("[::1]", "::1"),
        ("station.example:8765", "station.example"),
        ("", ""),
    ],
)
def test_the_name_in_a_host_header(header, name):
    assert host_name(header) == name


def test_a_station_answers_to_its_own_names_and_to_those_the_site_adds():
    hosts = own_hosts("Station-7.example", ["Count.Example"])
    assert {"localhost", "station-7.example", "count.example"} <= hosts
    assert "evil.example" not in hosts


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "payload: is missing; read_id: is missing; at: is missing"),
        (
            {"payload": "", "read_id": "x", "at": -1},
            "payload: must not be empty; read_id: has not the right form; at: must be at least 0",
        ),
        (
            {"payload": 5, "read_id": "a" * 16, "at": 2**60},
            f"payload: must be text; at: must be below {2**53}",
        ),
    ],
)
def test_all_faults_of_a_body_are_told_at_once_and_in_words(body, words):
    with pytest.raises(ValidationError) as caught:
        Scan.model_validate(body)
    assert complaint(list(caught.value.errors())) == words


def test_a_complaint_does_not_repeat_what_was_sent():
    with pytest.raises(ValidationError) as caught:
        Mark.model_validate({"item": "A", "qty": 1, "status": "<script>"})
    assert "script" not in complaint(list(caught.value.errors()))
