"""What is installed, and where silence comes from: the parts of `audio2face doctor`."""

from audio2face.checks.finding import Finding

__all__ = ["Finding"]
