"""What a preview page holds: sound for the browser, its picture, the same words under emotions."""

from audio2face.preview.moods import emotions_of, moods_of, names_of
from audio2face.preview.sound import find_sound, page_sound
from audio2face.preview.strip import sound_strip
from audio2face.preview.track import sound_track

__all__ = ["emotions_of", "find_sound", "moods_of", "names_of", "page_sound", "sound_strip", "sound_track"]
