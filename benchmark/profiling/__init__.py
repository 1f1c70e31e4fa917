"""Where the time of a call goes, by module of the network.

`records` is what comes of it, which `table` and `picture` show. `profilers/` has a file per runtime
that reads what its profiler noted (`trace`) and what the file says (`operation`); `attribution`
tells modules, and `rows` sums up.
"""
