"""Networks into files for phones, and the proof that each file is the same network.

`target` says what a format has to offer, and `targets/` has one file per format: its `facts`, and
functions that call what the format is made of, in the folder of the same name. `pipeline` is the
order of things for one `job`, from the network to the `manifest` of the written `artifact`;
`proof/` compares the file with the network, `quantization/` decides what gets fewer bits.
`command/` is one call of `irrvit-export`, whose options `cli` declares.
"""
