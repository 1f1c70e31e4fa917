"""Formats that bring large packages are written and run without the network, and install nothing.

An audit hook sees every address that Python looks up or connects to, and every program it starts.
Where the system allows it, the process has no network at all, which is for what Python cannot see.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from irrvit.export import target

pytestmark = pytest.mark.slow

# The programs that a format's packages may start, and what Python itself looks for libraries with.
PROGRAMS = {"coreai": set(), "executorch": {"flatc"}}
FINDERS = {"ldconfig", "gcc", "ld"}
CODE = """
import ctypes, json, sys
from pathlib import Path

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
if sys.platform == "linux":
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)  # Refused in some containers.
asked, started = [], []

def watch(event, given):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        asked.append(f"{event} {given!r}")
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
        command = given[1] if event == "subprocess.Popen" else given[0]
        first = command if isinstance(command, (str, bytes)) else command[0]
        started.append(Path(str(first)).name)

sys.addaudithook(watch)
from irrvit.export import pipeline
from irrvit.export.job import ExportJob
from irrvit.export.precision import Precision

job = ExportJob(model="irrvit_tiny", target=sys.argv[1], precision=Precision.FP32)
folder = Path(sys.argv[2])
manifest = pipeline.export(job, folder, cache_key="", notify=lambda _: None)
print(json.dumps({"passed": manifest.passed, "asked": asked, "started": started}))
"""


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.needs(*target.facts(n).written_by)) for n in PROGRAMS],
)
def test_it_is_written_and_run_without_the_network(name, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", CODE, name, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["passed"]
    assert seen["asked"] == []
    assert set(seen["started"]) - FINDERS == PROGRAMS[name]
