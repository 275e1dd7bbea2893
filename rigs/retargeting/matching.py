"""A map made by names: which channel of a rig is which source channel, however it is spelt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rigs.retargeting.bundled import BUNDLED, bundled_map
from rigs.retargeting.retarget import Retarget, Share, from_shares
from rigs.retargeting.spelling import Spelling, readings, shared_starts
from rigs.rig import Rig

SIDES = ("L", "R")

ALIASES: Mapping[str, str] = {
    **{"mouthopen": "jawopen", "jawdrop": "jawopen", "openmouth": "jawopen", "jawfwd": "jawforward"},
    **{"eyeclosed": "eyeblink", "eyesclosed": "eyeblink", "eyeclose": "eyeblink", "eyesclose": "eyeblink"},
    **{"blink": "eyeblink", "eyesblink": "eyeblink", "squint": "eyesquint", "eyewiden": "eyewide"},
    **{"mouthclosed": "mouthclose", "smile": "mouthsmile", "frown": "mouthfrown", "sneer": "nosesneer"},
    **{"lipfunnel": "mouthfunnel", "funnel": "mouthfunnel", "lippucker": "mouthpucker"},
    **{"pucker": "mouthpucker", "mouthkiss": "mouthpucker", "puff": "cheekpuff", "cheekspuff": "cheekpuff"},
    **{"browlowerer": "browdown", "browlower": "browdown", "browdrop": "browdown", "tongue": "tongueout"},
    **{"browraiseinner": "browinnerup", "browraiseouter": "browouterup", "cheekraise": "cheeksquint"},
    **{"mouthupupper": "mouthupperup", "mouthdownlower": "mouthlowerdown"},
    **{"mouthrollinupper": "mouthrollupper", "mouthrollinlower": "mouthrolllower"},
    **{f"mouth{what}{lip}": f"mouth{what}" for what in ("funnel", "pucker") for lip in ("up", "down")},
}
"""Other words for the same shape, tried where the shape's own name is not found."""

LOOKS = {("eyelookleft", "L"): "eyelookout", ("eyelookleft", "R"): "eyelookin"} | {
    ("eyelookright", "L"): "eyelookin",
    ("eyelookright", "R"): "eyelookout",
}
"""Gaze told by the character's left and right, as ARKit tells it by in and out."""

DIRECTIONS = frozenset({"jaw", "mouth", "tongue"})
"""Bases whose left and right are directions, not halves: `jaw` alone is no mean of jawLeft and jawRight."""

ENOUGH = 0.6
"""Share of a bundled list of names (such as Oculus visemes) by which a rig is taken to be of that kind."""


def match(sources: Sequence[str], rig: Rig) -> Retarget:
    """The map from `sources` to a rig: by names, or by what else is known of the rig if that says more.

    A rig may be driven through the expressions that its file defines (VRM), or through a bundled map when its
    names are those of a bundled rig; whichever uses most sources. What its file does not leave at 0 stays.
    """
    by_names = match_names(sources, rig.names)
    ways = [by_names, _by_groups(sources, rig), _by_kind(sources, rig)]
    shares = max(ways, key=lambda way: len({source for parts in way.values() for source in parts}))
    shares = dict(shares) if shares is by_names else shares | _rest_by_names(by_names, shares)
    rest = {} if rig.origin is None else rig.origin.rest
    return from_shares(sources, rig.channels, shares, {n: v for n, v in rest.items() if n not in shares})


def match_names(sources: Sequence[str], targets: Sequence[str]) -> dict[str, Share]:
    """{target: {source: share}} of the targets whose names are spellings of sources.

    A source in the middle drives both of a pair; a pair in the sources drives one in the middle by its mean.
    Several targets of the same meaning (a face and its teeth) all follow.
    """
    starts = shared_starts(targets)
    known = _Known(sources)
    forms = {target: readings(target, starts) for target in targets}
    shares: dict[str, Share] = {}
    for target, spellings in forms.items():
        meant = (source for form in spellings if (source := known.direct(form)))
        found = target if target in sources else next(meant, None)
        if found:
            shares[target] = {found: 1.0}
    taken = {form for target in shares for form in forms[target]}
    for translate in (_itself, _alias):
        used = {source for parts in shares.values() for source in parts}
        for target in targets:
            spellings = [translate(form) for form in forms[target]] if target not in shares else []
            options = (known.shares(form, taken) for form in spellings if form.base)
            part = next((option for option in options if option and not used & option.keys()), None)
            if part:
                shares[target] = part
    return {target: shares[target] for target in targets if target in shares}


class _Known:
    """The sources by what their names mean."""

    def __init__(self, sources: Sequence[str]) -> None:
        starts = shared_starts(sources, len(sources))
        meanings = [(source, readings(source, starts)) for source in sources]
        self._meaning = {form: source for source, forms in reversed(meanings) for form in forms}
        self._together: dict[str, str] = {}
        for form, source in self._meaning.items():
            side = form.side.lower()
            for text in (form.together, form.base + side, side + form.base):
                self._together.setdefault(text, source)

    def direct(self, form: Spelling) -> str | None:
        """The one source of that meaning."""
        return self._meaning.get(form) or self._together.get(form.together)

    def shares(self, form: Spelling, meant: set[Spelling]) -> Share | None:
        """One source, half of a pair, or the mean of both, unless the target has the other form as well."""
        direct = self.direct(form)
        if direct:
            return {direct: 1.0}
        if form.base in DIRECTIONS:
            return None
        if form.side:
            middle = Spelling(form.base, "")
            source = None if middle in meant else self._meaning.get(middle)
            return {source: 1.0} if source else None
        pair = [Spelling(form.base, side) for side in SIDES]
        if any(half in meant for half in pair) or not all(half in self._meaning for half in pair):
            return None
        return {self._meaning[half]: 0.5 for half in pair}


def _itself(form: Spelling) -> Spelling:
    return form


def _alias(form: Spelling) -> Spelling:
    base = LOOKS.get((form.base, form.side)) or ALIASES.get(form.base, "")
    base = (
        "" if form.side and form.base in DIRECTIONS else base
    )  # the tongue to the left is not the tongue out
    return Spelling(base, form.side)


def _by_groups(sources: Sequence[str], rig: Rig) -> dict[str, Share]:
    """Through the expressions of a VRM file, by the bundled map to its presets."""
    groups = {} if rig.origin is None else rig.origin.groups
    best = max(("vrm1", "vrm0"), key=lambda name: len(_lower(bundled_map(name).names) & _lower(groups)))
    presets = bundled_map(best)
    by_name = {name.lower(): parts for name, parts in groups.items()}
    through = {preset: by_name[preset.lower()] for preset in presets.names if preset.lower() in by_name}
    return _through(sources, presets, through)


def _by_kind(sources: Sequence[str], rig: Rig) -> dict[str, Share]:
    """Through the bundled rig whose names these are, if any."""
    for name in BUNDLED:
        kind = bundled_map(name)
        same = match_names(kind.names, rig.names)
        if len({next(iter(parts)) for parts in same.values()}) >= ENOUGH * len(kind.names):
            through: dict[str, dict[str, float]] = {}
            for target, parts in same.items():
                for preset, share in parts.items():
                    through.setdefault(preset, {})[target] = share
            return _through(sources, kind, through)
    return {}


def _through(sources: Sequence[str], first: Retarget, then: Mapping[str, Share]) -> dict[str, Share]:
    """{target: {source: share}} by way of the targets of `first`, which move targets as `then` says."""
    result: dict[str, dict[str, float]] = {}
    assert first.offsets is not None
    for column, middle in enumerate(first.names):
        if first.offsets[column]:
            continue  # such as silence, which is there when nothing else is
        for target, weight in then.get(middle, {}).items():
            for source, share in zip(first.sources, first.effect[:, column].tolist(), strict=True):
                if source in sources and share and weight:
                    parts = result.setdefault(target, {})
                    parts[source] = parts.get(source, 0.0) + share * weight
    return dict(result)


def _rest_by_names(by_names: Mapping[str, Share], shares: Mapping[str, Share]) -> dict[str, Share]:
    """What the names say of targets that are still free and sources that are still unused."""
    used = {source for parts in shares.values() for source in parts}
    return {
        target: parts
        for target, parts in by_names.items()
        if target not in shares and not used & parts.keys()
    }


def _lower(names: Sequence[str] | Mapping[str, Share]) -> set[str]:
    return {name.lower() for name in names}
