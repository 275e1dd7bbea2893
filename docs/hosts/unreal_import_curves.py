"""Puts exported curves into an animation sequence of Unreal. To be run inside the Unreal editor.

    py "C:/audio2face/docs/hosts/unreal_import_curves.py" "C:/talk.json" /Game/Anim/Talk

typed into the editor's Output Log with Cmd chosen, or in Python:

    import sys; sys.path.append("C:/audio2face/docs/hosts")
    import unreal_import_curves
    unreal_import_curves.import_curves("C:/talk.json", "/Game/Anim/Talk")

It reads the .json of `audio2face animate` (the Audio2Face form) and the .csv (that of Live Link Face), and
needs the Python Editor Script Plugin and nothing beside this file. The animation sequence must be there, and
belong to the skeleton of the face; curves of the same names are replaced, all others stay.

NOT TRIED INSIDE UNREAL: nobody here had it. The tests run this against a stand-in that has the functions of
AnimationLibrary as Epic documents them. Python 3.9 and later, as Unreal 5 brings it.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

NOT_CURVES = ("Timecode", "BlendShapeCount")


def import_curves(path: str, asset: str) -> int:
    """Writes the curves of a file into the animation sequence at an asset path; returns how many.

    Raises ValueError for a file or an asset of another kind.
    """
    import unreal  # noqa: PLC0415 - there only inside the editor

    times, curves = read_curves(Path(path))
    sequence = unreal.load_asset(asset)
    if not isinstance(sequence, unreal.AnimSequence):
        raise ValueError(f"{asset} is no animation sequence; make one for the skeleton of the face first")
    library, kind = unreal.AnimationLibrary, unreal.RawCurveTrackTypes.RCT_FLOAT
    if times and times[-1] > library.get_sequence_length(sequence):
        unreal.log_warning(f"{path} lasts {times[-1]:.2f} s, longer than {asset}: the end will not be seen")
    for name, values in curves.items():
        if library.does_curve_exist(sequence, name, kind):
            library.remove_curve(sequence, name, False)
        library.add_curve(sequence, name, kind, False)
        library.add_float_curve_keys(sequence, name, times, values)
    unreal.EditorAssetLibrary.save_loaded_asset(sequence)
    unreal.log(f"{len(curves)} curves of {len(times)} keys from {path} are in {asset}")
    return len(curves)


def read_curves(path: Path) -> tuple[list[float], dict[str, list[float]]]:
    """Seconds of the keys, and the values of each curve. Raises ValueError for another kind of file."""
    readers = {".json": _read_json, ".csv": _read_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"{path} has suffix {path.suffix!r}; expected .json or .csv")
    return reader(path)


def _read_json(path: Path) -> tuple[list[float], dict[str, list[float]]]:
    content = json.loads(path.read_text(encoding="utf-8"))
    try:
        rate, names, rows = float(content["exportFps"]), content["facsNames"], content["weightMat"]
        curves = {name: [float(row[place]) for row in rows] for place, name in enumerate(names)}
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"{path} is not in the Audio2Face form: {error!r}") from error
    return [number / rate for number in range(len(rows))], curves


def _read_csv(path: Path) -> tuple[list[float], dict[str, list[float]]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or "Timecode" not in rows[0]:
        raise ValueError(f"{path} is no take of Live Link Face: it has no column Timecode")
    times = _seconds([row["Timecode"] for row in rows])
    # A moment without a face is a row with nothing but its time.
    names = [name for name in rows[0] if name not in NOT_CURVES]
    return times, {name: [float(row[name] or 0) for row in rows] for name in names}


def _seconds(timecodes: list[str]) -> list[float]:
    """Seconds since the first of `hh:mm:ss:ff.fff`: 60 frames a second if any is beyond 30, else 30."""
    parts = [tuple(float(part) for part in timecode.split(":")) for timecode in timecodes]
    rate = 60.0 if any(frame > 30 for _, _, _, frame in parts) else 30.0
    seconds = [3600 * hour + 60 * minute + second + frame / rate for hour, minute, second, frame in parts]
    return [moment - seconds[0] for moment in seconds]


if __name__ == "__main__":
    import_curves(*sys.argv[1:3])
