"""`audio2face models`."""

from __future__ import annotations

import click

from audio2face.commands.talk import command, show_json, show_table
from audio2face.emotion.emotion import AUTO
from audio2face.emotion.presets import INTENSITIES, PRESETS, mixed
from audio2face.models import bundled, read_bundle


@command("List the models that come with the program.")
def models(as_json: bool) -> None:
    bundles = [read_bundle(name) for name in bundled()]
    if as_json:
        show_json([{"name": bundle.name, **bundle.card} for bundle in bundles])
        return
    rows = [("name", "network", "look-ahead", "size", "emotions", "about")]
    for bundle in bundles:
        ahead = f"{1000 * bundle.look_ahead / bundle.card['fps']:.0f} ms"
        size = f"{len(bundle.network) / 1e6:.2f} MB"
        # Cards written before there was a choice do not say.
        network, about = (str(bundle.card.get(*pair)) for pair in (("network", "formant"), ("about", "")))
        rows.append((bundle.name, network, ahead, size, " ".join(bundle.emotions), about))
    show_table(rows)
    click.echo("\nfor --emotion, beside NAME=NUMBER:")
    for word, strength in INTENSITIES.items():
        click.echo(f"  NAME:{word:<9} {strength:g}")
    for name, mix in PRESETS.items():
        click.echo(f"  {name:<14} {mixed(mix)}")
    click.echo(f"  {AUTO:<14} heard from the voice")
