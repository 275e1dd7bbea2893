"""Sound → features on the 120 Hz clock: autocorrelation, LPC, mel, energy."""

from audio2face.features.clock import FRAME_RATE, SAMPLE_RATE, WINDOW, centres, frames_before
from audio2face.features.energy import SpeechLevel, speech_energy
from audio2face.features.frontend import COEFFICIENTS, FRONT_ENDS, FrontEnd
from audio2face.features.lpc import (
    ORDER,
    autocorrelation,
    cosines_and_sines,
    envelope,
    levinson_durbin,
    prediction,
)
from audio2face.features.mel import mel_filters, mel_points

__all__ = [
    "COEFFICIENTS",
    "FRAME_RATE",
    "FRONT_ENDS",
    "ORDER",
    "SAMPLE_RATE",
    "WINDOW",
    "FrontEnd",
    "SpeechLevel",
    "autocorrelation",
    "centres",
    "cosines_and_sines",
    "envelope",
    "frames_before",
    "levinson_durbin",
    "mel_filters",
    "mel_points",
    "prediction",
    "speech_energy",
]
