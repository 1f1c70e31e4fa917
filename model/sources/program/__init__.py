"""Networks in `.pt2` files, which `torch.export.save` writes: read without running code from them.

`classifier` loads one; `archive` checks the file and copies what is safe of it, `schema` and
`payloads` its JSON, `text` the strings in that JSON; `regions` takes apart what only wraps others,
`norms` looks for normalizations by the picture's own statistics.
"""
