"""Networks in PyTorch: ours and other people's, what they eat, how they fold, how they learn.

`network/` is IRRViT, `folding/` removes what a phone need not compute, `sources/` turns a name or a
file into a network with its input and its labels, `data/` finds labelled pictures, `training/` is
the command `irrvit-train`, and `weights/` has what came out of it.

Beside the rooms: `spec` says what a network eats and gets a picture there (no torch needed),
`outputs` what it gives, `evaluate` counts how often a network is right, `macs` what it costs;
`errors`, `files` and `progress` are for everybody.
"""
