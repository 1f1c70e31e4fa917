"""What the target `onnx` is made of.

`convert` writes a file, `quantize` gives it 8 bits, `runner` runs it, `trace` looks into it and
`count` says what it computes.
"""
