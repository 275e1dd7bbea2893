"""Makes rigs/data/anchors68.json and anchors478.json: where the points of two face layouts lie on our head.

    npm pack mind-ar@1.2.5
    python scripts/fit_anchors.py mind-ar-1.2.5.tgz

MediaPipe's canonical face model (Apache-2.0) comes inside that package. Its eyes, lips, brows and profile are
laid on ours, a thin-plate spline carries the other points along, and each ends at the nearest point of the
skin. Irises are the rims of our own. The 68 points are taken from the same curves. Only the right side and
the middle are fitted; the left side is their mirror image.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tarfile
from pathlib import Path

import numpy as np
from anchor_curves import Curves, Floats, Ints, along, shares_of

from rigs import default_head
from rigs.bake.units import mirror_vertices

PACKAGE_SHA256 = "e14a0f6e1bdd85beb757d72354999a967efcaaac2fc9a036ce1852ea2d6c5193"
MODEL = "package/src/face-target/face-geometry/canonical-face-model.obj"
FOLDER = Path(__file__).parents[1] / "rigs" / "data"

EYE = ([33, 246, 161, 160, 159, 158, 157, 173, 133], [33, 7, 163, 144, 145, 153, 154, 155, 133])
OUTER = (
    [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
    [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
)
INNER = (
    [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
    [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
)
BROW = ([70, 63, 105, 66, 107], [46, 53, 52, 65, 55])
PROFILE = ((9, 8, 168), (168, 6, 197, 195, 5, 4), (4, 1, 19, 94, 2), (2, 164, 0), (18, 200, 199, 175, 152))
"""Points of MediaPipe's layout by their numbers: upper and lower ways, and down the profile."""

JAW = (127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152)
NOSTRILS = (98, 97, 2)
MIDDLE_68 = (8, 27, 28, 29, 30, 51, 57, 62, 66)
IRISES = (468, 473)

Spot = tuple[Ints, Floats]
"""Three vertices and the share of each."""


def canonical(package: Path) -> Floats:
    """[468, 3] the canonical model's points. Exits when the package is another one."""
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != PACKAGE_SHA256:
        sys.exit(f"{package} has sha256 {found}; expected mind-ar 1.2.5 from npm")
    with tarfile.open(package) as files:
        member = files.extractfile(MODEL)
        assert member is not None
        lines = member.read().decode("ascii").splitlines()
    return np.array([line.split()[1:4] for line in lines if line.startswith("v ")], dtype=np.float64)


def guides(model: Floats, curves: Curves) -> dict[int, Floats]:
    """{point: place} of the right side and the middle, where our head itself says where they are."""
    places: dict[int, Floats] = {}
    pairs = ((EYE, curves.lid()), (OUTER, curves.lips(6)), (INNER, curves.lips(0)))
    for numbers, ways in pairs:
        for row, way in zip(numbers, ways, strict=True):
            places.update(zip(row, along(way, shares_of(model[row])), strict=True))
    for row, way in zip(BROW, curves.brow(), strict=True):
        places.update(zip(row, along(way, np.linspace(0, 1, len(row))), strict=True))
    places.update(profile(model, curves, places[0], places[17]))
    return {number: place for number, place in places.items() if model[number, 0] < 1e-6}


def profile(model: Floats, curves: Curves, upper_lip: Floats, lower_lip: Floats) -> dict[int, Floats]:
    """The middle of the face, from the brows down to the chin."""
    line = curves.midline()
    height, depth = line[:, 1], line[:, 2]

    def extreme(low: float, high: float, sign: int) -> int:
        inside = np.flatnonzero((height > low) & (height < high))
        return int(inside[np.argmax(sign * depth[inside])])

    eyes = curves.points[curves.mesh.landmarks["lid_lower_right"], 1]
    tip = extreme(upper_lip[1], eyes, 1)
    root = extreme(eyes - 0.01, eyes + 0.02, -1)
    brow = extreme(eyes + 0.01, eyes + 0.035, 1)
    base = extreme(upper_lip[1] + 0.002, height[tip], -1)
    crease = extreme(lower_lip[1] - 0.012, lower_lip[1], -1)
    slope = np.gradient(depth) / np.minimum(np.gradient(height), -1e-9)
    below = np.flatnonzero(height < height[crease] - 0.005)
    chin = int(below[np.argmax(slope[below] > 1.0)])
    lip = int(np.argmin(np.linalg.norm(line - upper_lip, axis=1)))
    ends = ((brow, root), (root, tip), (tip, base), (base, lip), (crease, chin))
    places: dict[int, Floats] = {}
    for row, (start, end) in zip(PROFILE, ends, strict=True):
        places.update(zip(row, along(line[start : end + 1], shares_of(model[list(row)])), strict=True))
    return places


def spline(source: Floats, target: Floats, points: Floats) -> Floats:
    """`points` carried by the thin-plate spline (kernel r) that takes source to target."""
    kernel = np.linalg.norm(source[:, None] - source[None], axis=2)
    plane = np.column_stack([source, np.ones(len(source))])
    system = np.block([[kernel, plane], [plane.T, np.zeros((4, 4))]])
    system[: len(source), : len(source)] += 1e-3 * np.eye(len(source))
    solved = np.linalg.solve(system, np.vstack([target, np.zeros((4, 3))]))
    reach = np.linalg.norm(points[:, None] - source[None], axis=2)
    return reach @ solved[:-4] + np.column_stack([points, np.ones(len(points))]) @ solved[-4:]


def nearest(points: Floats, vertices: Floats, triangles: Ints) -> list[Spot]:
    """The nearest spot of the triangles to each point."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    spots = []
    for point in points:
        shares = _closest_shares(point, a, b, c)
        place = np.einsum("tk,tkc->tc", shares, np.stack([a, b, c], axis=1))
        best = int(np.argmin(np.square(place - point).sum(axis=1)))
        spots.append((triangles[best], shares[best]))
    return spots


def _closest_shares(point: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """[triangles, 3] shares of the corners at the spot nearest to a point: inside, or on one of the edges."""

    def edge(start: Floats, end: Floats) -> tuple[Floats, Floats]:
        way = end - start
        share = ((point - start) * way).sum(1) / np.maximum((way * way).sum(1), 1e-18)
        share = np.clip(share, 0, 1)
        return share, np.square(start + share[:, None] * way - point).sum(1)

    u, v, w = b - a, c - a, point - a
    uu, uv, vv = (u * u).sum(1), (u * v).sum(1), (v * v).sum(1)
    area = uu * vv - uv * uv
    flat = area < 1e-9 * uu * vv
    area = np.where(flat, 1.0, area)
    second = (vv * (u * w).sum(1) - uv * (v * w).sum(1)) / area
    third = (uu * (v * w).sum(1) - uv * (u * w).sum(1)) / area
    inside = np.column_stack([1 - second - third, second, third])
    none = np.zeros(len(a))
    ab, bc, ca = edge(a, b), edge(b, c), edge(c, a)
    options = np.stack(
        [
            np.column_stack([1 - ab[0], ab[0], none]),
            np.column_stack([none, 1 - bc[0], bc[0]]),
            np.column_stack([ca[0], none, 1 - ca[0]]),
        ]
    )
    best = np.argmin(np.stack([ab[1], bc[1], ca[1]]), axis=0)
    outside = flat | (inside < 0).any(axis=1)
    return np.where(outside[:, None], options[best, np.arange(len(a))], inside)


class Fit:
    """The spots of 478 points on the head."""

    def __init__(self, model: Floats) -> None:
        self.model, self.mesh = model, default_head().mesh
        assert self.mesh is not None
        self.curves = Curves(self.mesh)
        self.points = self.curves.points
        self.twin = mirror_vertices(self.points, 2e-5)
        self.mirror = self._mirrored_points()
        self.spots: dict[int, Spot] = {}

    def run(self) -> list[Spot]:
        """All spots by number."""
        places = guides(self.model, self.curves)
        right = [n for n in range(len(self.model)) if self.model[n, 0] < 1e-6]
        every = {**places, **{int(self.mirror[n]): p * [-1, 1, 1] for n, p in places.items()}}
        numbers = sorted(every)
        target = np.stack([every[n] for n in numbers])
        carried = spline(self.model[numbers], target, self.model[right])
        wanted = np.stack([places.get(n, carried[place]) for place, n in enumerate(right)])
        # Guides lie on edges inside the mouth and the lids, too: they may end anywhere on the skin.
        skin = self.mesh.triangles[self.mesh.triangles[:, 0] < self.mesh.parts["skin"][1]].astype(np.int64)
        for number, point in zip(right, wanted, strict=True):
            faces = skin if number in places and number not in BROW[0] + BROW[1] else self.curves.skin
            self.spots[number] = self.put(point, faces, bool(self.mirror[number] == number))
        for number in right:
            if self.mirror[number] != number:
                corners, shares = self.spots[number]
                self.spots[int(self.mirror[number])] = (self.twin[corners], shares)
        for number, centre in zip(IRISES, ("eye_right", "eye_left"), strict=True):
            self.spots.update(enumerate(self._iris(centre), number))
        return [self.spots[number] for number in range(len(self.spots))]

    def put(self, point: Floats, triangles: Ints, middle: bool) -> Spot:
        """The spot nearest to a point, or the nearest one in the middle of the face."""
        return nearest(point[None], self.points, self._middle_edges(triangles) if middle else triangles)[0]

    def place(self, spot: Spot) -> Floats:
        """[3] where a spot is at rest."""
        return spot[1] @ self.points[spot[0]]

    def _middle_edges(self, triangles: Ints) -> Ints:
        """[edges, 3] those in the middle of the face, as triangles without area."""
        ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
        ends = ends[(np.abs(self.points[ends, 0]) < 2e-5).all(axis=1)]
        return ends[:, [0, 1, 1]]

    def _mirrored_points(self) -> Ints:
        distance = np.linalg.norm(self.model[:, None] * [-1, 1, 1] - self.model[None], axis=2)
        return np.argmin(distance, axis=1)

    def _iris(self, centre: str) -> list[Spot]:
        """Middle of the pupil, then the iris's rim: to our right in the picture, up, left, down."""
        pupil = self.mesh.landmarks[centre]
        rim = iris_rim(self.curves, pupil)
        middle = self.points[pupil]
        ways = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
        ends = [rim[np.argmax((self.points[rim] - middle)[:, :2] @ way)] for way in ways]
        return [_vertex(vertex) for vertex in (pupil, *ends)]


def iris_rim(curves: Curves, pupil: int) -> Ints:
    """The outermost vertices of an iris, before the white of the eye."""
    first, end = curves.mesh.parts["eyes"]
    number = np.arange(first, end)
    side = np.sign(curves.points[number, 0]) == np.sign(curves.points[pupil, 0])
    white = curves.mesh.colours[number].min(axis=1) > 0.4
    reach = np.linalg.norm(curves.points[number] - curves.points[pupil], axis=1)
    edge = reach[side & ~white & (reach < reach[side & white].min())].max()
    return number[side & (np.abs(reach - edge) < 3e-4)]


def _vertex(vertex: int) -> Spot:
    return np.full(3, vertex), np.array([1.0, 0.0, 0.0])


def sixty_eight(fit: Fit) -> list[Spot]:
    """The iBUG layout from the same curves."""
    whole = fit.mesh.triangles[fit.mesh.triangles[:, 0] < fit.mesh.parts["skin"][1]].astype(np.int64)
    jaw = along(np.stack([fit.place(fit.spots[n]) for n in JAW]), np.linspace(0, 1, 9))
    nose = along(np.stack([fit.place(fit.spots[n]) for n in PROFILE[1]]), np.linspace(0, 1, 4))
    places = dict(enumerate(jaw)) | dict(enumerate(nose, 27)) | eye_and_lips(fit.curves)
    spots = {number: fit.put(place, whole, number in MIDDLE_68) for number, place in places.items()}
    spots.update(zip(range(17, 22), (fit.spots[n] for n in BROW[0]), strict=True))
    spots.update(zip(range(31, 34), (fit.spots[n] for n in NOSTRILS), strict=True))
    for right, left in mirrored_68().items():
        spots[left] = (fit.twin[spots[right][0]], spots[right][1])
    return [spots[number] for number in range(68)]


def eye_and_lips(curves: Curves) -> dict[int, Floats]:
    """{number: place} of the right eye and of the right half of the lips."""
    upper, lower = curves.lid()
    eye = np.vstack([along(upper, [0, 0.33, 0.67, 1]), along(lower, [0.67, 0.33])])
    places = dict(enumerate(eye, 36))
    upper, lower = curves.lips(6)
    places |= dict(enumerate(along(upper, [0, 0.19, 0.37, 0.5]), 48))
    places |= dict(enumerate(along(lower, [0.5, 0.33, 0.17]), 57))
    upper, lower = curves.lips(0)
    places |= dict(enumerate(along(upper, [0, 0.26, 0.5]), 60))
    return places | dict(enumerate(along(lower, [0.5, 0.26]), 66))


def mirrored_68() -> dict[int, int]:
    """{number on the right: number on the left} of the iBUG layout."""
    pairs = {n: 16 - n for n in range(8)} | {n: 43 - n for n in range(17, 22)} | {31: 35, 32: 34}
    pairs |= {36: 45, 37: 44, 38: 43, 39: 42, 40: 47, 41: 46}
    pairs |= {48: 54, 49: 53, 50: 52, 59: 55, 58: 56}
    return pairs | {60: 64, 61: 63, 67: 65}


def write(file: Path, spots: list[Spot], about: str, source: str) -> None:
    """One layout as text: a line for each point."""
    count = default_head().mesh.vertices.shape[0]
    rows = [
        json.dumps([*map(int, corners), *(round(float(share), 5) for share in shares)])
        for corners, shares in spots
    ]
    head = json.dumps({"about": about, "source": source, "vertices": count}, ensure_ascii=False, indent=1)
    text = head[:-2] + ',\n "points": [\n  ' + ",\n  ".join(rows) + "\n ]\n}\n"
    file.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Fits both layouts and writes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, help="from: npm pack mind-ar@1.2.5")
    parser.add_argument("-o", "--output", type=Path, default=FOLDER, help="a folder; rigs/data when left out")
    arguments = parser.parse_args()
    fit = Fit(canonical(arguments.package))
    spots = fit.run()
    made = "fitted by scripts/fit_anchors.py; a row is three vertices of head.npz and the share of each"
    source = "numbering and canonical face model: MediaPipe, Google, Apache-2.0"
    write(
        arguments.output / "anchors478.json",
        spots,
        f"MediaPipe Face Mesh with irises, 478 points, {made}",
        source,
    )
    own = "numbering: iBUG 300-W; places: curves of the head, jaw by MediaPipe's canonical face model"
    write(arguments.output / "anchors68.json", sixty_eight(fit), f"iBUG, 68 points, {made}", own)


if __name__ == "__main__":
    main()
