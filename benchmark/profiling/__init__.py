"""Where the time of a call goes, by module of the network.

`records` is what comes of it, which `table` and `picture` show. `trace` reads what the profiler of
a runtime noted and `operations` what the file says; `attribution` brings both together, and `rows`
sums up.
"""
