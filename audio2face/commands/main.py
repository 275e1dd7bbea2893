"""`audio2face`: the program and its commands."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "demo": "Turn the bundled speech into animation files and a picture.",
    "animate": "Turn speech files into animation files.",
    "batch": "Animate thousands of lines, restartable, with a report of what to look at.",
    "edits": "Keep what was corrected by hand, for the next batch.",
    "preview": "Make a page that shows speech or an animation as a talking head.",
    "render": "Make a film with sound, or a picture, of speech, an animation or a rig.",
    "live": "Turn speech into frames as it is spoken, and send them to engines.",
    "listen": "Show what arrives at an address: names, rate, values.",
    "convert": "Turn an animation file into another format or frame rate.",
    "dataset": "Look at recordings of a character before a model is trained on them.",
    "train": "Train a model on speech with phone times.",
    "evaluate": "Score a model beside loudness and the teacher.",
    "formats": "List the file formats.",
    "models": "List the models that come with the program.",
    "devices": "List the microphones and loudspeakers.",
    "settings": "Show or write the settings of a face, with what each does.",
    "rigs": "List the named rigs; show one, and write its map.",
    "doctor": "Say what is installed, what is missing, and how to get it.",
}


class _Lazy(click.Group):
    """Imports a command's module when the command is used, so that every start is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"audio2face.commands.{name}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="audio2face")
def main() -> None:
    """Speech in, a talking 3D face out."""
