"""What is done to a `.tflite` file after its conversion, and what can be read back from it.

graph.py        operators and tensors: read, named after modules, written, counted
quantize.py     8 bits for the operations that `irrvit.export.quantization.rules` names
sensitivity.py  what each module loses by that alone
placement.py    which operations XNNPACK takes, and which fall out
"""
