"""How fast a written file is on a device, with statistics that say when a number means nothing.

`measurement` has the records, `stats` turns latencies into figures, `validity` says which of them
to believe, `store` keeps them and `baseline` compares with older ones: none of these knows a
machine. `device` says what a kind of device has to offer and `devices/` has one file per kind.
`subjects` finds what is to be measured (`suite` names sets of it), `session` is the order of things
of a run and `lanes` what it knows of each file meanwhile; `conditions` waits for a cool and quiet
device and watches it, `alone` takes memory and `energy`; `golden` checks the answers. `worker` is
the process that is measured, in one of the `runtimes`; `linear` is the layer that tells a device's
peak. `request`, `result` and `cli` are `irrvit-bench`. `android/`, `arm64/` and `browser/` are what
the devices of these names are made of.

What comes of these is no measurement, and each has a folder: `profile/` is `--profile`,
`agreement/` is `--agreement`, `decisions/` is `--decisions`.

`stored` is `--from`: measurements of before. `report/` shows measurements, as a table
and as the page of `--report`.
"""
