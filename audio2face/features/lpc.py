"""Autocorrelation and linear prediction, all frames at once.

Source: Makhoul, "Linear prediction: a tutorial review", Proc. IEEE 63 (1975), the autocorrelation method
solved by the Levinson–Durbin recursion; the 32 coefficients are those of Karras et al., SIGGRAPH 2017.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.float64]

ORDER = 32


def autocorrelation(power: Frames, order: int = ORDER) -> Frames:
    """[frames, order + 1] lags 0…order, from power spectra [frames, bins] of zero-padded windows.

    Exact as long as the transform was at least `window + order` long (Wiener–Khinchin).
    """
    lags: Frames = np.fft.irfft(power, axis=-1)[:, : order + 1]
    return lags


def levinson_durbin(lags: Frames, order: int = ORDER) -> tuple[Frames, Frames]:
    """Solves for the prediction polynomial of each frame.

    lags     [frames, ≥ order + 1] autocorrelation
    returns  polynomial [frames, order + 1] with a leading 1, so that Σ a[k]·x[n−k] is the prediction error,
             and the error power [frames].

    A frame of silence gets the polynomial 1, 0, 0, … and error 0.
    """
    polynomial = np.zeros((len(lags), order + 1))
    polynomial[:, 0] = 1.0
    error = lags[:, 0].copy()
    for step in range(1, order + 1):
        gap = np.einsum("ij,ij->i", polynomial[:, :step], lags[:, step:0:-1])
        reflection = -np.divide(gap, error, out=np.zeros_like(gap), where=error > 0)
        polynomial[:, 1 : step + 1] += reflection[:, None] * polynomial[:, step - 1 :: -1][:, :step]
        error = error * (1.0 - reflection**2)
    return polynomial, error


def envelope(polynomial: Frames, frequencies: Frames, sample_rate: int) -> Frames:
    """[frames, frequencies] the LPC spectral envelope in dB, gain removed: −20 log10 |A(e^jω)|.

    Its peaks are the formants. `frequencies` are in Hz.
    """
    angles = 2 * np.pi * frequencies / sample_rate
    powers = np.exp(-1j * np.outer(np.arange(polynomial.shape[1]), angles))
    response = np.abs(polynomial @ powers)
    decibels: Frames = -20.0 * np.log10(np.maximum(response, 1e-6))
    return decibels
