"""IRRViT, as the article's figure draws it (arXiv 2108.13015).

`irrvit` is the network from image to logits; `patch_embed`, `attention` and `fusion` are its parts
in that order, `layers` the convolutions they are made of, and `variants` has one row per size.
"""
