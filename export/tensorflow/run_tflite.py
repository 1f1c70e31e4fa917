"""Run a `.tflite` file by TensorFlow: `run_tflite.py FILE PIXELS.npy OUTPUTS.npz`.

Stands alone: it is run by the python of another environment, which has TensorFlow and no irrvit.
"""

import sys

import numpy as np


def main(model: str, pixels_file: str, outputs_file: str) -> None:
    """(N, H, W, C) pixels in one file -> each output, its values for N pictures, in the other."""
    import tensorflow as tf  # pyright: ignore[reportMissingImports]

    interpreter = tf.lite.Interpreter(model_path=model, num_threads=1)
    interpreter.allocate_tensors()
    infer = interpreter.get_signature_runner()
    ((image, *_),) = (s["inputs"] for s in interpreter.get_signature_list().values())
    dtype = interpreter.get_input_details()[0]["dtype"]
    pictures = np.load(pixels_file).astype(dtype)
    # Copied: the interpreter's own memory is written over by the next call.
    answers = [{n: v.copy() for n, v in infer(**{image: p[None]}).items()} for p in pictures]
    outputs: dict = {name: np.stack([one[name] for one in answers]) for name in answers[0]}
    np.savez(outputs_file, **outputs)


if __name__ == "__main__":
    main(*sys.argv[1:])
