"""A trained network → a LiteRT file that runs without TensorFlow."""

from __future__ import annotations

import tempfile
from typing import Any

from audio2face.models.bundle import SIGNATURES
from audio2face.networks.network import FaceNetwork
from audio2face.networks.rig import RigNetwork
from audio2face.networks.steady import SteadyNetwork
from audio2face.training.classroom import EMOTION_WIDTH

Exported = FaceNetwork | SteadyNetwork | RigNetwork


def export(network: Exported, features: int) -> bytes:
    """The network as a float16 LiteRT file with one signature for each of SIGNATURES.

    Each takes features [1, n, features], emotion [1, 16] and past [1, memory], and gives weights
    [1, n, channels], past and, for an ARKit face, logits [1, n, 3]. The signatures differ in n and share
    their weights.
    """
    import tensorflow as tf  # noqa: PLC0415  (only exporting needs it; training runs on any backend)

    module = tf.Module()
    # LiteRT's converter finds variables through the module; a Keras layer does not show it all of its own.
    module.kept = [variable.value for variable in network.weights]
    signatures: dict[str, Any] = {}
    for name, frames in SIGNATURES.items():
        function = _function(tf, network, features, frames)
        setattr(module, name, function)
        signatures[name] = function.get_concrete_function()
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures=signatures)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(signatures))
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
        return bytes(converter.convert())


def _function(tf: Any, network: Exported, features: int, frames: int) -> Any:
    shapes = [[1, frames, features], [1, EMOTION_WIDTH], [1, network.memory]]

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32) for shape in shapes])
    def call(features: Any, emotion: Any, past: Any) -> dict[str, Any]:
        everywhere = tf.tile(emotion[:, None], [1, frames, 1])
        weights, *more, past = network(features, everywhere, past)
        return {"weights": weights, "past": past, **({"logits": more[1]} if more else {})}

    return call
