"""Which operations are said otherwise: what coreai-torch lacks. Each row goes when it has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, fx

from irrvit.export.coreai import forms
from irrvit.export.rewriting.program import Form, Rule, Rules
from irrvit.export.rewriting.rules import COREML, EVERYWHERE, given


def _spread(make: Callable[[Tensor, Tensor], Any]) -> Rule:
    """For what is told from the variance and the mean, whichever overload it is."""

    def rule(node: fx.Node) -> Form:
        count = node.all_input_nodes[0].meta["val"].dim()
        axes, keepdim = given(node, "dim"), bool(given(node, "keepdim", False))
        one = [axes] if isinstance(axes, int) else axes
        chosen = list(one) if isinstance(one, list | tuple) and one else list(range(count))
        usual = float(given(node, "unbiased", True) is not False)
        correction = given(node, "correction")
        freedom = float(correction) if isinstance(correction, int | float) else usual

        def form(x: Tensor, *_arguments: object, **_named: object) -> Any:
            return make(
                forms.variance(x, chosen, freedom, keepdim), x.mean(chosen, keepdim=keepdim)
            )

        return Form(form)

    return rule


COREAI: Rules = {
    **EVERYWHERE,
    "var": _spread(lambda variance, _: variance),
    "std": _spread(lambda variance, _: variance.sqrt()),
    "var_mean": _spread(lambda variance, mean: (variance, mean)),
    "std_mean": _spread(lambda variance, mean: (variance.sqrt(), mean)),
    "unfold": COREML["unfold"],
    "col2im": COREML["col2im"],
}
