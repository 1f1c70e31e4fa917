"""What can be wrong with a network that somebody asked for."""


class ModelError(Exception):
    """A network cannot be had; the message says what was asked for, what is there, what to do."""


class UnknownModel(ModelError):
    """No variant, named source or timm classifier has this name."""


class MissingPackage(ModelError):
    """A package that a source needs is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(
            f"the package {package} is not installed, and this network needs it: "
            f'pip install "irrvit-mobile[{extra}]"'
        )


class WeightsUnavailable(ModelError):
    """Pretrained weights were asked for and cannot be downloaded."""


class BadCheckpoint(ModelError):
    """A file of weights is damaged, unsafe, or of another network."""


class BadProgram(ModelError):
    """A saved program cannot be read without running code from it, or is not a classifier."""


class BadData(ModelError):
    """Labelled pictures are absent, damaged, or not what their name says."""


class FoldError(ModelError):
    """A folded network is not the network it was folded from, or that could not be compared."""
