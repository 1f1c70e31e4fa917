"""Run a `.tflite` file by TensorFlow: `run_tflite.py FILE PIXELS.npy LOGITS.npy`.

Stands alone: it is run by the python of another environment, which has TensorFlow and no irrvit.
"""

import sys

import numpy as np


def main(model: str, pixels_file: str, logits_file: str) -> None:
    """(N, H, W, 3) pixels in one file -> (N, classes) logits in the other."""
    import tensorflow as tf  # pyright: ignore[reportMissingImports]

    interpreter = tf.lite.Interpreter(model_path=model, num_threads=1)
    interpreter.allocate_tensors()
    image = interpreter.get_input_details()[0]
    logits = interpreter.get_output_details()[0]
    rows = []
    for picture in np.load(pixels_file):
        interpreter.set_tensor(image["index"], picture[None].astype(image["dtype"]))
        interpreter.invoke()
        rows.append(interpreter.get_tensor(logits["index"]))
    np.save(logits_file, np.concatenate(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
