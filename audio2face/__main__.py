"""`python -m audio2face` is the same as `audio2face`."""

from audio2face.commands.main import main

main()
