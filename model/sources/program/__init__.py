"""Networks in `.pt2` files, which `torch.export.save` writes: read without running code from them.

`classifier` loads one; `archive` checks the file and copies what is safe of it, `schema` its JSON,
`text` the strings in that JSON.
"""
