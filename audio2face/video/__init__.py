"""A film of a face → landmarks, ARKit weights and head pose; needs the extra `video`."""

from audio2face.video.errors import VideoError
from audio2face.video.film import Film
from audio2face.video.take import track_film

__all__ = ["Film", "VideoError", "track_film"]
