"""`irrvit-bench --profile`: where the time of a call goes, by module of the network.

`session` is the order of things of it and `records` what comes of it, which `report` and `picture`
show. `<runtime>_profiler` runs in the measured process; `trace` reads what it noted and `nodes`
what the file says, and `attribution` brings both together.
"""
