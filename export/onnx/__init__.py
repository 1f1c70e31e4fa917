"""What `targets/onnx.py` is made of."""
