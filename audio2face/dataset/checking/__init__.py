"""What is wrong with a dataset, before hours of training find out."""

from audio2face.dataset.checking.check import Report, TakeReport, check_dataset
from audio2face.dataset.checking.finding import Finding

__all__ = ["Finding", "Report", "TakeReport", "check_dataset"]
