"""Proofs: the page computes the same, and nothing about a secret can be learnt from a wrong one."""

import re

import pytest

from irrvit.benchmark.remote_browser import pairing


def test_a_proof_is_that_of_the_page():
    """`web_app/tests/runtime/remotePairing.test.ts` has the same."""
    expected = "a7d98f28071a819eac1e776625a1a3189ce5fe7006db7c6b44bb9059ccaeedac"
    assert pairing.proof("secret", "page 0123") == expected


def test_secrets_differ_and_may_be_the_fragment_of_an_address():
    made = {pairing.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(pairing.is_secret(secret) for secret in made)


def test_a_code_has_six_digits():
    assert all(re.fullmatch(r"\d{6}", pairing.new_code()) for _ in range(100))


@pytest.mark.parametrize(
    "value", ["a" * 21, "a" * 65, "a" * 30 + "/", "a" * 30 + "\n", "ä" * 30, b"a" * 30, 30, None]
)
def test_what_can_be_no_secret_is_none(value):
    assert not pairing.is_secret(value)


@pytest.mark.parametrize("value", ["a" * 22, "a" * 64, "0123456789abcdef" * 2, "-_" * 11])
def test_what_can_be_a_secret_may_be_one(value):
    assert pairing.is_secret(value)


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ("abc", True),
        ("abd", False),
        ("ab", False),
        ("äbc", False),
        ("\ud800", False),
        (None, False),
    ],
)
def test_only_the_same_is_the_same(given, same):
    assert pairing.is_same(given, "abc") is same
