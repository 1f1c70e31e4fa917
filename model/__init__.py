"""The reference network and where networks come from.

`spec` says what a network eats (no torch needed); `layers`, `attention`, `patch_embed` and
`fusion` are the parts of IRRViT, `network` puts them together and `variants` has one row per
size; `fold` removes what a phone need not compute; `sources` turns a name or a file into a
network, its input and its labels.

`train_cli` is the command `irrvit-train`, `train_session` its order of things, `train` the loop and
`ablation` many of them; `datasets` finds labelled pictures, `augment` changes them, `recipe` says
by how much, and `weights/` has what came out.
"""
