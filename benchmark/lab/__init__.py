"""Devices of several machines, as one: a host offers what it has, and is sent what to measure.

`offer` says what a host has, `node` makes it part of a Ray cluster, `hosts` asks all of them,
`dispatch` sends each job to a device that is free, `files` and `spool` see that artifacts arrive
once and that results arrive once. Nothing here knows what is done on a device.
"""
