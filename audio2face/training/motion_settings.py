"""What can be set about training a character."""

from __future__ import annotations

from dataclasses import dataclass

from audio2face.errors import TrainingError


@dataclass(frozen=True)
class Course:
    """How a character is learned. Raises TrainingError for values that cannot work.

    first     epochs in which only the output and the latents learn, while the ears stay as they are; none
              for a network that starts from nothing
    epochs    at most, in all;  patience  epochs without a better score on held-out takes that end the run
    rate, later  peak learning rates of the two stages
    kept      share of the first stage's weights that is mixed into the last ones: what the ears knew before
              makes up for takes that are few (Wortsman et al., "Robust fine-tuning", CVPR 2022)
    quiet     share of crops without speech;  plain  of the others, share of sound as it was recorded
    """

    first: int = 8
    epochs: int = 28
    patience: int = 20
    rate: float = 3e-3
    later: float = 2.5e-3
    quiet: float = 0.04
    kept: float = 0.2
    plain: float = 0.6
    variants: int = 6
    clips: int = 6
    seed: int = 7
    dropout: float = 0.25
    decay: float = 1e-3

    def __post_init__(self) -> None:
        for name in ("epochs", "patience", "variants", "clips"):
            if getattr(self, name) < 1:
                raise TrainingError(f"{name} is {getattr(self, name)}; expected 1 or more")
        if not 0 <= self.first <= self.epochs:
            raise TrainingError(f"first is {self.first} epochs; expected 0 to {self.epochs}")
        if not (0 < self.rate <= 1 and 0 < self.later <= 1):
            raise TrainingError(f"rates are {self.rate:g} and {self.later:g}; expected more than 0, up to 1")
