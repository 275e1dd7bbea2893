"""A bundle's LiteRT file → the ears of its network in Keras again, so that training can go on from it.

A bundle keeps no Keras weights. Its file has the same numbers as float16 constants: they are collected along
the signature that takes one frame, in the order in which they are used, and handed to the layers whose
shapes they have. The result is run beside the bundle before anybody relies on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from audio2face.errors import ModelError
from audio2face.models import Bundle
from audio2face.networks.articulation import ArticulationNetwork
from audio2face.networks.gru import GRUNetwork
from audio2face.networks.network import FaceNetwork
from audio2face.training.building import build
from audio2face.training.settings import Settings
from rigs.arrays import FloatArray

SIGNATURE = b"step"
FLOATS = {0: np.float32, 1: np.float16}
"""Numbers of LiteRT's types of floating point."""


@dataclass(frozen=True, eq=False)
class Used:
    """An operation and the constants that it uses, as float32: of a layer, its kernel and bias."""

    operation: str
    values: tuple[FloatArray, ...]


def unpack(bundle: Bundle, dropout: float = 0.0) -> FaceNetwork:
    """The network of a bundle, its `listen` as trained; the layers after it are not made.

    Raises ModelError when the file is not of the form that `training.export` writes.
    """
    try:
        found = constants(bundle.network)
        settings = replace(settings_of(bundle), dropout=dropout)
        (mean,), (inverse,) = _take(found, "SUB", 1), _take(found, "MUL", 1)
        network = build(settings, mean.tolist(), (1.0 / inverse).tolist(), whole=False)
        if isinstance(network, ArticulationNetwork):
            _fill_articulation(network, found)
        elif isinstance(network, GRUNetwork):
            _fill_gru(network, found)
        return network
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"model {bundle.name}: its network cannot be unpacked ({error!r})") from error


def settings_of(bundle: Bundle) -> Settings:
    """The settings that a bundle was trained with, as far as its card says."""
    said = {
        name: value for name, value in bundle.card["settings"].items() if name in Settings.__annotations__
    }
    tuples = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    return replace(Settings(), **said | tuples)


def constants(network: bytes) -> list[Used]:
    """Operations with constants of a LiteRT file along SIGNATURE, in the order in which they run."""
    from tensorflow.lite.python import schema_py_generated as schema  # noqa: PLC0415

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(network, 0))
    names = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}
    (index,) = (one.subgraphIndex for one in model.signatureDefs if one.signatureKey == SIGNATURE)
    graph = model.subgraphs[index]
    known: dict[int, FloatArray] = {}
    for number, tensor in enumerate(graph.tensors):
        data = model.buffers[tensor.buffer].data
        if data is not None and tensor.type in FLOATS:
            values = np.frombuffer(bytes(data), FLOATS[tensor.type]).astype(np.float32)
            known[number] = values.reshape(tensor.shape if tensor.shape is not None else ())
    found = []
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        name = names[max(code.builtinCode, code.deprecatedBuiltinCode)]
        inputs = [number for number in operator.inputs if number in known]
        if name == "DEQUANTIZE" and inputs:
            known[operator.outputs[0]] = known[inputs[0]]
        elif inputs:
            found.append(Used(name, tuple(known[number] for number in inputs)))
    return found


def _take(
    found: list[Used], operation: str, dimensions: int, shape: tuple[int, ...] | None = None
) -> tuple[FloatArray, ...]:
    """Removes the first operation of a name whose first constant has so many dimensions; its constants."""
    for place, one in enumerate(found):
        first = one.values[0]
        if one.operation == operation and first.ndim == dimensions and shape in (None, first.shape):
            return found.pop(place).values
    raise LookupError(f"no {operation} with {dimensions} dimensions, of shape {shape}")


def _dense(layer: Any, found: list[Used]) -> None:
    kernel, *bias = _take(found, "FULLY_CONNECTED", 2, tuple(layer.kernel.shape[::-1]))
    layer.set_weights([kernel.T, *bias])


def _normalise(layer: Any, found: list[Used]) -> None:
    (gamma,), (beta,) = _take(found, "MUL", 3), _take(found, "ADD", 3)
    layer.set_weights([gamma.ravel(), beta.ravel()])


def _fill_articulation(network: ArticulationNetwork, found: list[Used]) -> None:
    for layer in network.formant.layers:
        kernel, bias = _take(found, "CONV_2D", 4)
        layer.set_weights([kernel.transpose(1, 2, 3, 0), bias])
    _dense(network.enter, found)
    for block in network.blocks:
        _normalise(block.normalise, found)
        _dense(block.conv.mix, found)
        _dense(block.feel, found)
        _dense(block.out, found)
    _normalise(network.normalise, found)


def _fill_gru(network: GRUNetwork, found: list[Used]) -> None:
    for convolution in network.convolutions:
        _dense(convolution.mix, found)
    _dense(network.feel, found)
    _normalise(network.even, found)
    _dense(network.recurrent.mix, found)
    _dense(network.recurrent.gate.recall, found)
    _normalise(network.normalise, found)
