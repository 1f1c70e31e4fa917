"""One file per kind of device; a module here satisfies `irrvit.benchmark.device.Device`."""
