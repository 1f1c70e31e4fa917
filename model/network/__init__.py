"""IRRViT, as the article's figure draws it; `variants` has one row per size."""
