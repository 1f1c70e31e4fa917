"""Removing what a phone need not compute, by exact algebra, and the proof that it is exact.

`foldable` is what a layer of ours offers, `affine` the algebra, `fold` the walk over a network,
`generic` what can be folded in networks that are not ours, and `check` the proof in float64.
Knows no network: the layers of `network` import this room.
"""
