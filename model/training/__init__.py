"""`irrvit-train`: from labelled pictures to a checkpoint, exactly resumable.

`cli` reads the command line, `options` finds what it names, `command` has the order of things,
`loop` trains one `run` and keeps its `state`; `outputs` is what is left behind, and `ablation` many
runs. `recipes/` says how, `feed` reads pictures and `augment` changes them; `deit` does both for
the ImageNet recipe. `synced_norm` makes several processes train as one would.
"""
