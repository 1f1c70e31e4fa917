"""Single faults planted in written files are caught, whatever the precision."""

import importlib.util
import random
from pathlib import Path

import numpy as np
import pytest

from irrvit.export import target
from irrvit.export.proof.spread import largest_difference

pytestmark = pytest.mark.slow

PLANTED = Path(__file__).parents[1] / "planted"
COUNT = 9  # Of each file: 144 in all.
SEED = 20210829
# What moves no output by more than float32 itself does is no fault: an activation of what is
# positive anyway, a square's epsilon.
NOTHING = 1e-6


def files():
    for path in sorted(PLANTED.glob("*.py")):
        facts = target.facts(path.stem)
        needed = pytest.mark.needs(*facts.written_by, *facts.run_by)
        for precision in facts.precisions:
            yield pytest.param(path, precision, marks=needed, id=f"{path.stem}-{precision}")


def faults_of(path):
    spec = importlib.util.spec_from_file_location(f"planted_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.faults


def plant(fault, path, sound):
    """Write the broken file; formats that are folders write it themselves."""
    if sound.is_dir():
        fault(path)
    else:
        path.write_bytes(fault())


def is_caught(written, path):
    judged = written.judged(path)
    checks = [check for check in (judged.meaning, judged.rounding) if check is not None]
    passed = all(report.passed for report in judged.parity) and all(c.passed for c in checks)
    return not passed or bool(judged.failures)


@pytest.mark.parametrize(("module", "precision"), list(files()))
def test_single_faults_are_caught(module, precision, write_tiny, tmp_path):
    written = write_tiny(module.stem, precision)
    assert not is_caught(written, written.path)
    pixels = written.judged_pixels()
    sound = written.target.load(written.path).run(pixels)
    planted, missed = [], []
    for name, fault in faults_of(module)(written.path, random.Random(SEED)):
        path = tmp_path / f"broken{written.path.suffix}"
        plant(fault, path, written.path)
        try:
            outputs = written.target.load(path).run(pixels)
        except Exception:  # A runtime refuses it in its own way: nobody takes it for a network.
            continue
        if largest_difference(outputs, sound) <= NOTHING and "number" not in name:
            continue
        planted.append(name)
        if not is_caught(written, path):
            missed.append(name)
        if len(planted) == COUNT:
            break
    assert len(planted) == COUNT
    assert missed == []
    assert all(np.isfinite(values).all() for values in sound.values())
