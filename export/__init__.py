"""Networks into files for phones, and the proof that each file is the same network.

`target` says what a format has to offer and `targets/` has one file per format; `mil/` runs
Core ML programs where there is no Core ML; `cases`, `parity` and `explain` compare; `artifact`
is the written file with its manifest, `publish` puts it in place; `pipeline` is the order of
things and `cli` the command `irrvit-export`.
"""
