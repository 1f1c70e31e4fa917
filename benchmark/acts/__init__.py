"""What `irrvit-bench` can be asked to do: one module for each act, which satisfies `act.Act`.

`options` has what can be asked of each, `plan` turns that into a device, files and a way to call
them (`select` finds the files, `suite` names sets of networks).
"""
