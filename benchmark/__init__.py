"""How fast a written file is on a device, with statistics that say when a number means nothing.

`measurement` has the records and `errors` what keeps one from being made; `device` says what a kind
of device has to offer, and `devices/` has one file per kind; `android/`, `arm64/` and `browser/`
are what the devices of these names are made of. `subjects` finds what is to be measured (`suite`
names sets of it), and `worker/` is the process that holds a file meanwhile.

`run/` is the protocol of a run. `results/` turns what was measured into figures, says which of them
to believe, keeps them and compares them with older ones: it knows no machine. `report/` shows them.
`acts/` is what `irrvit-bench` does, and `cli` its command line.
"""
