"""Networks into files for phones, and the proof that each file is the same network.

`target` says what a format has to offer and `targets/` has one file per format; `mil/` runs
Core ML programs where there is no Core ML. `pipeline` is the order of things for one file, from the
network to its `manifest`; `cases`, `parity`, `explain` and `accuracy` compare. `request` reads the
command line, `session` and `evaluation` do what it asks in the processes of `workers`, `publish`
puts a finished `artifact` in place, `report` and `progress` say so, and `cli` is `irrvit-export`.
"""
