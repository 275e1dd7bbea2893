"""The page that shows a performance as it runs, and steers it: `--to preview://`."""

from audio2face.preview.live.shown import Shown, shown
from audio2face.preview.live.sink import PreviewSink

__all__ = ["PreviewSink", "Shown", "shown"]
