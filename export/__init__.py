"""Networks into files for phones, and the proof that each file is the same network.

`target` says what a format has to offer, and `targets/` has one file per format, with a folder of
the same name for what it is made of. `pipeline` is the order of things for one `job`, from the
network to the `manifest` of the written `artifact`; `proof/` compares the file with the network,
`quantization/` decides what gets fewer bits. `command/` is one call of `irrvit-export`, whose
options `cli` declares.
"""
