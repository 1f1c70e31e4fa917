"""A reference interpreter of Core ML programs: what a package computes, where there is no Core ML.

`program` loads a `.mlpackage` and runs it; `reader` turns the file into a listing of operations and
constants, `table` finds the function of an operation in the file of its kind (`products`, `shape`
and so on), `values` says how numbers are held. `macs` counts, `lint` and `range_scan` look for what
goes wrong on a phone. `tools` is the one place that imports coremltools.
"""
