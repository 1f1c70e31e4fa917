"""A written file before its judge: `prepared` is the network, `twin` the float32 file beside it.

`proof/` compares numbers and knows no format; here files are written, run and compared.
"""
