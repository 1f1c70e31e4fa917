"""A page that cannot be built says why."""

import pytest

from irrvit.benchmark.browser import setup as browser_setup
from irrvit.benchmark.errors import SetupFailed


@pytest.fixture
def web_app(tmp_path, monkeypatch):
    """A checkout whose script builds what it likes."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "web_app").mkdir()
    monkeypatch.setattr(browser_setup, "sources", lambda: tmp_path / "web_app")
    return tmp_path


def test_what_the_build_said_is_the_reason(web_app):
    script = web_app / "scripts" / "web.sh"
    script.write_text("#!/bin/sh\necho no node >&2\nexit 1\n")
    script.chmod(0o755)
    with pytest.raises(SetupFailed, match="the page could not be built; no node"):
        browser_setup.build_page(lambda stage, share: None)
