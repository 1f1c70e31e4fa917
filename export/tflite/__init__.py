"""What the target `tflite` is made of.

`convert` writes a file, `graph` reads it, names it after modules and counts, `quantize` gives it
8 bits and `sensitivity` says what each module loses by that, `placement` says which operations
XNNPACK takes, `runner` runs the file and `trace` looks into it.
"""
