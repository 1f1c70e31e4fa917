"""What the target `coreml` is made of: a writer, and a reference interpreter of Core ML programs.

`convert` writes a package, with `palette` for weights in few bits; `runners` runs it, by Apple's
runtime where there is one. Elsewhere `program` interprets it: `reader` turns the package into a
listing of operations and constants, `ops/` has the function of each operation. `macs` counts,
`lint` and `range_scan` look for what goes wrong on a phone. `tools` is the one place that imports
coremltools.
"""
