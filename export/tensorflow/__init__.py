"""TensorFlow as a second runner of `.tflite` files, in an environment of its own."""
