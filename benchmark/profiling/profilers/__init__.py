"""One file per runtime that has a profiler; a module here satisfies `profiler.Profiler`."""
