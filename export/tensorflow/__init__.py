"""The `.tflite` file run once more, by TensorFlow's own interpreter, which is what many users have.

TensorFlow and torchvision in one process crash it, so TensorFlow has an environment (`environment`)
and a process (`runner`, `run_tflite`) of its own.
"""
