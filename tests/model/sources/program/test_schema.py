"""The graph: what would be run as code is refused, and so is all but arithmetic."""

from __future__ import annotations

import json
import sys

import pytest

from irrvit.model import sources
from irrvit.model.errors import BadProgram

GRAPH = "models/model.json"
WEIGHTS = "data/weights/model_weights_config.json"


@pytest.mark.filterwarnings("ignore")
class TestDoors:
    def test_symbolic_size_that_calls_is_refused(
        self, good, edited, assert_refused, tmp_path, marker
    ):
        def change(data):
            size = {"as_expr": {"expr_str": f"open({str(marker)!r}, 'w')", "hint": None}}
            next(iter(data["graph_module"]["graph"]["tensor_values"].values()))["sizes"][0] = size

        assert_refused(edited(good, tmp_path / "x.pt2", GRAPH, change), marker, GRAPH)

    def test_tree_specification_that_imports_is_refused(
        self, good, edited, assert_refused, tmp_path, marker, monkeypatch
    ):
        (tmp_path / "imported_by_spec.py").write_text(f"open({str(marker)!r}, 'w')\nclass E: x = 1")
        monkeypatch.syspath_prepend(tmp_path)

        def change(data):
            signature = data["graph_module"]["module_call_graph"][0]["signature"]
            version, tree = json.loads(signature["in_spec"])
            enum = {"__enum__": True, "fqn": "imported_by_spec:E", "name": "x"}
            tree["children_spec"][1]["context"] = json.dumps([enum])
            signature["in_spec"] = json.dumps([version, tree])

        assert_refused(edited(good, tmp_path / "x.pt2", GRAPH, change), marker, "in_spec")
        sys.modules.pop("imported_by_spec", None)

    def test_parameter_name_that_is_source_code_is_refused(
        self, good, contents, write, assert_refused, tmp_path, marker
    ):
        name = json.dumps(f'conv"), open("{marker}", "w"), ("').encode()
        entries = contents(good)
        for entry in (GRAPH, WEIGHTS):
            entries[entry] = entries[entry].replace(b'"head.weight"', name)
        assert_refused(write(tmp_path / "x.pt2", entries), marker, "parameter_name")

    def test_operator_that_opens_files_is_refused(
        self, good, edited, assert_refused, tmp_path, marker
    ):
        def change(data):
            arguments = {"filename": {"as_string": str(marker)}, "shared": {"as_bool": True}}
            arguments |= {"size": {"as_int": 5}}
            node = data["graph_module"]["graph"]["nodes"][-1]
            node["target"] = "torch.ops.aten.from_file.default"
            node["inputs"] = [{"name": k, "arg": v, "kind": 1} for k, v in arguments.items()]

        path = edited(good, tmp_path / "x.pt2", GRAPH, change)
        assert_refused(path, marker, "torch.ops.aten.from_file.default")

    def test_guards_are_not_run(self, good, edited, run_by_torch, tmp_path, marker):
        path = edited(
            good,
            tmp_path / "x.pt2",
            GRAPH,
            lambda d: d.update(guards_code=[f"open({str(marker)!r}, 'w')"]),
        )
        sources.load(str(path))
        assert not marker.exists()
        run_by_torch(path)
        assert marker.exists(), "torch does not run this either: the test proves nothing"


class TestOtherThanArithmetic:
    def test_a_weight_that_is_to_be_unpickled_is_refused(self, good, edited, tmp_path):
        def change(data):
            next(iter(data["config"].values()))["use_pickle"] = True

        with pytest.raises(BadProgram, match=r"use_pickle = 'True'"):
            sources.load(str(edited(good, tmp_path / "x.pt2", WEIGHTS, change)))

    @pytest.mark.parametrize(
        "target",
        [
            "torch.serialization.load",
            "torch.ops.higher_order.cond",
            "torch.ops.aten.set_.source_Tensor",
            "torch.ops.aten._unsafe_index.Tensor",
            "torch.ops.aten.__class__.default",
            "torch.ops.aten.no_such_operator.default",
            "_operator.methodcaller",
            "math.sqrt",
            "#aoti:op",
        ],
    )
    def test_target_other_than_arithmetic_is_refused(self, good, edited, tmp_path, target):
        def change(data):
            data["graph_module"]["graph"]["nodes"][-1]["target"] = target

        with pytest.raises(BadProgram, match=f"target = '{target}'"):
            sources.load(str(edited(good, tmp_path / "x.pt2", GRAPH, change)))

    def test_node_name_that_is_no_identifier_is_refused(self, good, edited, tmp_path):
        def change(data):
            data["graph_module"]["graph"]["nodes"][0]["name"] = "x = 1; y"

        with pytest.raises(BadProgram, match=r"nodes.0.name = 'x = 1; y'"):
            sources.load(str(edited(good, tmp_path / "x.pt2", GRAPH, change)))

    def test_subgraphs_are_refused(self, good, edited, tmp_path):
        def change(data):
            graph = {"name": "g", "graph": data["graph_module"]["graph"] | {"nodes": []}}
            data["graph_module"]["graph"]["nodes"][0]["inputs"][0]["arg"] = {"as_graph": graph}

        with pytest.raises(BadProgram, match="gives a graph to"):
            sources.load(str(edited(good, tmp_path / "x.pt2", GRAPH, change)))
