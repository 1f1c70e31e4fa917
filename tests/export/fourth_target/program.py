"""A format of our own: the exported program of torch, run by torch."""

from __future__ import annotations

from irrvit.export.facts import Facts, Platform
from irrvit.export.precision import Precision, Tolerance

FACTS = Facts(
    suffix=".pt2",
    description="a saved program of torch",
    platforms=(Platform.ANDROID,),
    runner="torch",
    written_by=("torch",),
    run_by=("torch",),
    tolerances={Precision.FP32: Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=80)},
    export_seconds=1,
)


class TorchRunner:
    name = "torch"

    def __init__(self, program):
        self._network = program.module()

    def run(self, pixels):
        import torch

        from irrvit.export.pixels import one_by_one

        def infer(image):
            with torch.no_grad():
                answer = self._network(torch.from_numpy(image))
            return {name: values.numpy() for name, values in answer.items()}

        return one_by_one(infer, pixels)


def write(network, spec, precision, path, quantization=None):
    import torch

    from irrvit.export.pixels import ChannelsLast

    example = torch.zeros(1, spec.height, spec.width, spec.channels)
    program = torch.export.export(ChannelsLast(network).eval(), (example,))
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # Names files of this machine.
    torch.export.save(program, path)
    return "torch"


def _program(path):
    import torch

    from irrvit.export.errors import BadArtifact

    try:
        return torch.export.load(path)
    except Exception as error:  # A damaged archive raises whatever it likes.
        raise BadArtifact(f"torch cannot open {path}: {error}") from error


def load(path):
    return TorchRunner(_program(path))


def count_operations(path):
    return sum(node.op == "call_function" for node in _program(path).graph.nodes)


def count_macs(path):
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    program = _program(path)
    arguments, _ = program.example_inputs or ((), {})
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        program.module()(*arguments)
    return counter.get_total_flops() // 2
