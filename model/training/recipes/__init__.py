"""How a network is trained: one file for each recipe, its name the file's.

`recipe` is the record that each of them fills in, `find` looks one up.
"""
