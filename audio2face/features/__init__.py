"""Sound → features on the 120 Hz clock: autocorrelation, LPC, mel, energy."""

from audio2face.features.clock import FRAME_RATE, SAMPLE_RATE, WINDOW, centres, frames_before
from audio2face.features.energy import SpeechLevel, speech_energy
from audio2face.features.frontend import COEFFICIENTS, FRONT_ENDS, FrontEnd
from audio2face.features.lpc import ORDER, autocorrelation, envelope, levinson_durbin
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
    "envelope",
    "frames_before",
    "levinson_durbin",
    "mel_filters",
    "mel_points",
    "speech_energy",
]
