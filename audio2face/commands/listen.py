"""`audio2face listen`: what arrives at an address."""

from audio2face.commands.talk import command


@command("x")
def listen(as_json: bool) -> None: ...
