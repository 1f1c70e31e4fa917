"""All names that can be given are listed."""

from irrvit.benchmark import kinds
from irrvit.benchmark.acts import catalog, suite
from irrvit.benchmark.acts.options import NoOptions


def test_kinds_and_suites_are_listed_with_their_networks():
    result = catalog.run(NoOptions(), lambda name, stage: None)
    printed = catalog.to_json(result)
    assert printed["devices"] == kinds.names()
    assert [one["name"] for one in printed["suites"]] == suite.names()
    text = str(catalog.to_table(result))
    assert text.startswith(f"devices: {', '.join(kinds.names())}")
    assert "\n  timm:repvit_m0_9" in text
    assert result.exit_code == 0
