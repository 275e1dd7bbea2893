"""Model bundles: what ships, how it is read, how it runs."""

from audio2face.models.bundle import Bundle, bundled, read_bundle
from audio2face.models.litert import LiteRTModel, load_model
from audio2face.models.model import Model, Prediction

__all__ = ["Bundle", "LiteRTModel", "Model", "Prediction", "bundled", "load_model", "read_bundle"]
