"""Suites name networks that exist."""

import pytest

from irrvit.benchmark.acts import suite
from irrvit.benchmark.errors import BadOptions
from irrvit.model import sources


@pytest.mark.needs("timm")
@pytest.mark.parametrize("name", suite.names())
def test_every_network_of_a_suite_exists(name):
    import timm

    known = {*sources.names(), *(f"timm:{model}" for model in timm.list_models())}
    assert set(suite.get(name).models) <= known


def test_an_unknown_suite_is_answered_with_those_there_are():
    with pytest.raises(BadOptions, match="expected one of peers, article; did you mean 'peers'"):
        suite.get("peer")
