"""Autocorrelation and linear prediction, all frames at once.

Source: Makhoul, "Linear prediction: a tutorial review", Proc. IEEE 63 (1975), the autocorrelation method
solved by the Levinson–Durbin recursion; the 32 coefficients are those of Karras et al., SIGGRAPH 2017.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.float64]

ORDER = 32
FEW = 32
"""Frames up to which solving for each takes less time than the recursion's steps, which cost the same for
one frame as for dozens."""


def autocorrelation(power: Frames, order: int = ORDER) -> Frames:
    """[frames, order + 1] lags 0…order, from power spectra [frames, bins] of zero-padded windows.

    Exact as long as the transform was at least `window + order` long (Wiener–Khinchin).
    """
    lags: Frames = np.fft.irfft(power, axis=-1)[:, : order + 1]
    return lags


def prediction(lags: Frames, order: int = ORDER) -> Frames:
    """[frames, order + 1] the prediction polynomial of each frame, leading 1, from its autocorrelation.

    Live blocks complete a frame or two, files hundreds at once: each way is the quicker one for its kind,
    and they differ by rounding only.
    """
    return solve_each(lags, order) if len(lags) <= FEW else levinson_durbin(lags, order)[0]


def solve_each(lags: Frames, order: int = ORDER) -> Frames:
    """What `levinson_durbin` gives as polynomial, by solving each frame's equations in one LAPACK call.

    Raises LinAlgError for sound that is predicted fully; a little white noise in lag 0 rules that out.
    """
    known = lags[:, :order].copy()
    known[:, 0] += known[:, 0] <= 0  # silence predicts nothing, whatever its power is said to be
    equations = known[:, _distances(order)]
    polynomial = np.ones((len(lags), order + 1))
    polynomial[:, 1:] = np.linalg.solve(equations, -lags[:, 1 : order + 1, None])[..., 0]
    return polynomial


@cache
def _distances(order: int) -> npt.NDArray[np.int64]:
    """[order, order] how far apart the samples are that each equation's terms compare."""
    steps = np.arange(order)
    distances: npt.NDArray[np.int64] = np.abs(steps[:, None] - steps)
    return distances


def levinson_durbin(lags: Frames, order: int = ORDER) -> tuple[Frames, Frames]:
    """Solves for the prediction polynomial of each frame, all frames in step.

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


def cosines_and_sines(frequencies: Frames, sample_rate: int, order: int = ORDER) -> Frames:
    """[order + 1, 2 · frequencies] cosines of each frequency, in Hz, at samples 0…order, then their sines.

    What `envelope` multiplies polynomials with; made once, as that takes longer than the rest.
    """
    angles = np.outer(np.arange(order + 1), 2 * np.pi * frequencies / sample_rate)
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def envelope(polynomial: Frames, waves: Frames) -> Frames:
    """[frames, frequencies] the LPC spectral envelope in dB, gain removed: −20 log10 |A(e^jω)|.

    Its peaks are the formants. `waves` are the `cosines_and_sines` of the frequencies.
    """
    response = (polynomial @ waves) ** 2
    count = waves.shape[1] // 2
    decibels: Frames = -10.0 * np.log10(np.maximum(response[:, :count] + response[:, count:], 1e-12))
    return decibels
