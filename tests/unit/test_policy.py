"""The numbers of ``[consequences]``: read alone or with the whole policy.toml, every fault at once."""

import pytest
from pydantic import ValidationError

from scanstation.configuration import config_file
from scanstation.policy import ConsequencePolicy, PolicyError, read_consequence_policy
from scanstation.settings import Policy, load_policy


def written(folder, text):
    path = folder / "policy.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_shipped_numbers_are_the_defaults_in_both_readings():
    assert read_consequence_policy(config_file("policy.toml")) == load_policy().consequences == ConsequencePolicy()


def test_what_is_not_set_has_its_default(tmp_path):
    assert read_consequence_policy(written(tmp_path, "[consequences]\nlate_days = 3\n")).late_days == 3
    assert read_consequence_policy(written(tmp_path, 'currency = "SEK"\n')) == ConsequencePolicy()


def test_every_wrong_number_is_told_at_once(tmp_path):
    text = "[consequences]\nlate_days = -1\nlost_sale_share = 1001\nlead_days = 1.5\ncontact_cost = true\nhaste = 1\n"
    with pytest.raises(PolicyError) as caught:
        read_consequence_policy(written(tmp_path, text))
    for name in ("late_days", "lost_sale_share", "lead_days", "contact_cost", "haste"):
        assert f"consequences.{name}" in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["[consequences", "consequences = 3\n", None])
def test_a_file_that_cannot_be_followed_is_told(tmp_path, text):
    path = written(tmp_path, text) if text else tmp_path / "policy.toml"
    with pytest.raises(PolicyError, match=r"policy\.toml"):
        read_consequence_policy(path)


@pytest.mark.parametrize("wrong", [{"late_days": -1}, {"haste": 1}, {"sweep_margin": 2_000}])
def test_the_whole_policy_holds_to_the_same_bounds(wrong):
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Policy(consequences=wrong)
