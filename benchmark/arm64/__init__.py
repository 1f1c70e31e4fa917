"""What `devices/arm64.py` is made of.

`tree` is the folder that qemu takes for an ARM64 machine, and `setup` builds it.
"""
