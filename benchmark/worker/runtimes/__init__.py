"""One file per runtime; a module here satisfies `irrvit.benchmark.worker.runtime.Runtime`."""
