"""What the target `coreai` is made of.

`convert` writes a file, `program` reads it back, `count` says what it computes, and `runner` runs
it in Apple's own runtime, which its packages bring for Linux too.
"""
