"""A browser of this machine: each file in a page of a browser of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irrvit.benchmark.device import SetupProgress

if TYPE_CHECKING:
    from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig
    from irrvit.benchmark.worker.client import LocalProcess

RUNTIMES = {"tflite": ("litert",), "onnx": ("onnxruntime",)}
ACCELERATORS = ("cpu", "gpu")


def setup(progress: SetupProgress) -> str:
    """See `irrvit.benchmark.device.Installable`."""
    from irrvit.benchmark.browser.setup import build_page

    return f"the page is ready in {build_page(progress)}"


def describe() -> DeviceInfo:
    """The browser with its version, on this machine's processor."""
    from irrvit.benchmark import machine
    from irrvit.benchmark.browser import installed

    browser = installed.version(installed.executable())
    # Another version of the browser is the same device, as with any runtime.
    return machine.describe("browser", inside=browser, identity=browser.split()[0])


def state() -> DeviceState:
    """See `irrvit.benchmark.device.Device`."""
    from irrvit.benchmark import machine

    return machine.state()


def open(path: str, config: RunConfig) -> LocalProcess:
    """See `irrvit.benchmark.device.Device`."""
    from irrvit.benchmark.browser import installed
    from irrvit.benchmark.worker.client import LocalProcess

    return LocalProcess(installed.worker_command(config.accelerator), path, config)
