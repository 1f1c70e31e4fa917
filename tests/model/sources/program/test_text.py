"""Strings that torch would turn into Python: the plain ones pass, all others are refused."""

from __future__ import annotations

import json
from collections import OrderedDict

import pytest
from torch.utils._pytree import tree_flatten, treespec_dumps

from irrvit.model.sources.program.text import (
    check_expression,
    check_operator,
    check_tree,
    flat_tree,
    leaf_names,
    one_argument,
)


class TestOperator:
    @pytest.mark.parametrize(
        "target",
        [
            "torch.ops.aten.conv2d.default",
            "torch.ops.aten.add.Tensor",
            "torch.ops.aten.div.Tensor_mode",
            "torch.ops.aten.dropout.default",
            "torch.ops.aten._softmax.default",
            "torch.ops.aten._upsample_nearest_exact2d.vec",
            "torch.ops.aten._upsample_bilinear2d_aa.default",
            "torch.ops.aten._weight_norm.default",
            "torch.ops.aten._prelu_kernel.default",
            "torch.ops.aten.__and__.Tensor",
            "torch.ops.aten.__or__.Tensor",
            "torch.ops.aten.__xor__.Tensor",
            "torch.ops.aten.lstm.input",
            "torch.ops.aten.gru.input",
            "torch.ops.aten.fft_rfft2.default",
            "torch.ops.aten.scatter_reduce.two",
            "torch.ops.aten.rrelu.default",
            "torch.ops.higher_order.wrap_with_set_grad_enabled",
            "torch.ops.higher_order.wrap_with_autocast",
            "torch.ops.aten.scaled_dot_product_attention.default",
            "_operator.add",
            "_operator.floordiv",
        ],
    )
    def test_arithmetic_is_accepted(self, target):
        assert check_operator(target) == target

    @pytest.mark.parametrize(
        ("target", "reason"),
        [
            ("_operator.attrgetter", "is not an operator of aten"),
            ("builtins.eval", "is not an operator of aten"),
            ("torch.ops.aten.add", "is not an operator of aten"),
            ("torch.ops.aten.add.Tensor.x", "is not an operator of aten"),
            ("torch.ops.prims.add.default", "is not an operator of aten"),
            ("torch.ops.aten.add.__call__", "is not an operator of aten"),
            ("torch.ops.aten.add.nothing", "does not exist in torch"),
            ("torch.ops.aten.nothing.default", "does not exist in torch"),
            ("torch.ops.aten.add.__class__", "is not an operator of aten"),
            ("torch.ops.aten.__class__.Tensor", "is not an operator of aten"),
            ("torch.ops.aten.__lshift__.Tensor", "is not an operator of aten"),
            ("torch.ops.higher_order.cond", "is not an operator of aten"),
            ("torch.ops.torchvision.deform_conv2d.default", "is deformable convolution, which no"),
            ("torch.ops.torchvision.nms.default", "is not an operator of aten"),
            ("torch.ops.aten.empty.memory_format", "memory that nobody wrote"),
            ("torch.ops.aten.resize_.default", "memory that nobody wrote"),
            ("torch.ops.aten._reshape_alias.default", "memory that nobody wrote"),
            ("torch.ops.aten._index_put_impl_.default", "is internal to torch"),
            ("torch.ops.aten._cufft_clear_plan_cache.default", "is internal to torch"),
            ("torch.ops.aten._print.default", "is internal to torch"),
            ("torch.ops.aten.from_file.default", "names a file or prints"),
            ("torch.ops.aten.rand.default", "draws random numbers"),
            ("torch.ops.aten.multinomial.default", "draws random numbers"),
            ("torch.ops.aten.bernoulli.default", "draws random numbers"),
        ],
    )
    def test_anything_else_is_refused(self, target, reason):
        with pytest.raises(ValueError, match=reason):
            check_operator(target)


class TestExpression:
    @pytest.mark.parametrize(
        "text",
        [
            "Symbol('s0', positive=True, integer=True)",
            "Integer(-3)",
            "Integer(2147483647)",
            "Add(Symbol('s0', integer=True), Integer(1))",
            "Mul(Integer(2), Add(Symbol('a'), Symbol('b')))",
        ],
    )
    def test_sums_and_products_of_sizes_are_accepted(self, text):
        assert check_expression(text) == text

    @pytest.mark.parametrize(
        "text",
        [
            "open('x', 'w')",
            "Symbol('s0').name",
            "Symbol(open('x'))",
            "Symbol('a b')",
            "Symbol('é')",
            "Symbol('s0', positive=False)",
            "Symbol('s0', positive=open('x'))",
            "Symbol('s0', commutative=True)",
            "Symbol('s0', 's1')",
            "Symbol()",
            "Integer('1')",
            "Integer(True)",
            "Integer(1.0)",
            "Integer(2147483648)",
            "Pow(Integer(9), Integer(9))",
            "Add(Integer(1), integer=True)",
            "Add(Integer(1), 1)",
            "Add()",
            "Integer(1) + Integer(2)",
            "s0",
            "(lambda: 1)()",
        ],
    )
    def test_anything_else_is_refused(self, text):
        with pytest.raises(ValueError, match="more than sums and products of sizes"):
            check_expression(text)

    @pytest.mark.parametrize("text", ["", "Integer(1", "(" * 10_000])
    def test_what_is_no_expression_is_refused(self, text):
        with pytest.raises(ValueError, match="is not a symbolic size"):
            check_expression(text)

    @pytest.mark.parametrize(("length", "accepted"), [(500, True), (501, False)])
    def test_length_is_limited(self, length, accepted):
        text = "Add(Integer(1)" + ", Integer(1)" * 40 + ")"
        text = text.replace(")", " " * (length - len(text)) + ")", 1)
        assert len(text) == length
        if accepted:
            assert check_expression(text) == text
        else:
            with pytest.raises(ValueError, match="more than sums"):
                check_expression(text)


def results(value: object) -> str:
    return treespec_dumps(tree_flatten(value)[1])


class TestTree:
    @pytest.mark.parametrize(
        ("value", "names"),
        [
            (1, [""]),
            ((1,), [""]),
            ([[1]], [""]),
            ((1, 2), ["output_0", "output_1"]),
            ([1, (2, 3)], ["output_0", "output_1_0", "output_1_1"]),
            ({"out": 1}, ["out"]),
            (OrderedDict(out=1, aux=2), ["out", "aux"]),
            ({"box-1": [1, 2], 3: 4}, ["box_1_0", "box_1_1", "output_3"]),
            ({"3d": 1}, ["_3d"]),
            ({"a-b": 1, "a_b": 2, "a.b": 3}, ["a_b", "a_b_", "a_b__"]),
            ({"image": 1}, ["image_"]),  # What the input is called.
            ((), []),
        ],
    )
    def test_a_leaf_is_called_by_the_way_to_it(self, value, names):
        assert leaf_names(results(value)) == names

    def test_a_type_of_another_package_is_a_dictionary_if_it_has_keys(self):
        version, tree = json.loads(results({"logits": 1}))
        tree["type"] = "transformers.modeling_outputs.ImageClassifierOutput"
        assert leaf_names(json.dumps([version, tree])) == ["logits"]

    def test_what_is_accepted_is_left_as_it_is(self):
        assert check_tree(results({"a": 1})) == results({"a": 1})

    def test_what_is_loaded_is_a_call_with_one_argument_and_a_tuple(self):
        assert json.loads(one_argument()) == json.loads(results(((1,), {})))
        assert json.loads(flat_tree(2)) == json.loads(results((1, 2)))

    def test_a_context_is_refused(self):
        version, tree = json.loads(results({"a": 1}))
        tree["context"] = json.dumps([{"__enum__": True, "fqn": "os:x"}])
        with pytest.raises(ValueError, match="carries a context"):
            check_tree(json.dumps([version, tree]))

    @pytest.mark.parametrize("text", ["", "{}", "[1]", "[1, 2]", '[1, {"type": null}]', "null"])
    def test_what_is_no_tree_is_refused(self, text):
        with pytest.raises(ValueError, match="is not a tree specification"):
            check_tree(text)
