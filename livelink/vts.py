"""VTube Studio's API: what is said over its WebSocket, as pure functions. Customary port 8001.

Every message is JSON in an envelope `apiName, apiVersion, requestID, messageType, data`. A plug-in asks once
for a token (the user must click Allow; a refusal is error 50), then opens every session with it, then injects
parameter values. VTube Studio forgets an injected parameter after a second, so each frame names them all.

tracking  the parameters of face tracking that every model already follows (see `tracking`)
arkit     custom parameters named as the channels, for models that map them; made once for each session

Values are sent as they are; VTube Studio takes -1,000,000 to 1,000,000. Received messages of more than 64 KB
are refused. Source: https://github.com/DenchiSoft/VTubeStudio, README "API Details".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from livelink.channels import HEAD_NAMES, LINK_NAMES, Places, angles, printable
from livelink.errors import LinkError, PacketError, RefusedError
from rigs import WeightFrame

PORT = 8001
NAMES = ("tracking", "arkit")
PLUGIN = {"pluginName": "audio2face", "pluginDeveloper": "audio2face"}
LONGEST = 65536
LONGEST_TOKEN = 64
LARGEST = 1_000_000
REFUSED = 50
"""The error of a user who clicked Deny, or took the permission back."""

_API = {"apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0"}
_TOKEN = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
_CUSTOM = re.compile(r"[A-Za-z0-9]{4,32}", re.ASCII)


class Reply(NamedTuple):
    """A message from VTube Studio: its kind, the request it answers, and its data."""

    kind: str
    request: str
    data: dict[str, Any]


def request(kind: str, data: Mapping[str, Any], identity: str = "audio2face") -> str:
    """The text of a request."""
    return json.dumps({**_API, "requestID": identity, "messageType": kind, "data": dict(data)})


def token_request() -> str:
    """Asks the user for permission."""
    return request("AuthenticationTokenRequest", PLUGIN)


def session_request(token: str) -> str:
    """Opens a session with the token."""
    return request("AuthenticationRequest", {**PLUGIN, "authenticationToken": token})


def parameter_request(name: str) -> str:
    """Makes a custom parameter from 0 to 1, or leaves the one there is."""
    words = {"explanation": f"ARKit {name}", "min": 0, "max": 1, "defaultValue": 0}
    return request("ParameterCreationRequest", {"parameterName": name, **words})


def injection(values: Mapping[str, float]) -> str:
    """Sets parameters for the next second."""
    listed = [{"id": name, "value": value} for name, value in values.items()]
    return request(
        "InjectParameterDataRequest", {"faceFound": True, "mode": "set", "parameterValues": listed}
    )


def decode(message: str | bytes) -> Reply:
    """A message from VTube Studio, or a request to it. Raises PacketError when it is none."""
    if len(message) > LONGEST:
        raise PacketError(f"{len(message)} bytes; expected at most {LONGEST}")
    try:
        content = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise PacketError("it is no JSON") from error
    if not isinstance(content, dict) or content.get("apiName") != _API["apiName"]:
        raise PacketError("it is no message of VTube Studio's API")
    kind, identity, data = (content.get(key) for key in ("messageType", "requestID", "data"))
    if not isinstance(kind, str):
        raise PacketError("it has no messageType")
    return Reply(kind[:64], str(identity)[:64], data if isinstance(data, dict) else {})


def raise_error(reply: Reply) -> Reply:
    """The reply, unless it is an error. Raises RefusedError when the user said no, else LinkError."""
    if reply.kind != "APIError":
        return reply
    number, words = reply.data.get("errorID"), str(reply.data.get("message", ""))[:120]
    if number == REFUSED:
        raise RefusedError("VTube Studio's user denied access; allow audio2face under its settings, Plugins")
    raise LinkError(f"VTube Studio answered error {str(number)[:12]}: {printable(words)}")


def token_of(reply: Reply) -> str:
    """The token of an AuthenticationTokenResponse. Raises as `raise_error`, and PacketError for none."""
    token = raise_error(reply).data.get("authenticationToken")
    if not (isinstance(token, str) and _TOKEN.fullmatch(token)):
        raise PacketError("VTube Studio's answer has no token")
    return token


def values_of(reply: Reply) -> dict[str, float]:
    """{parameter: value} of an injection. Raises PacketError when it is another message or malformed."""
    listed = reply.data.get("parameterValues")
    if reply.kind != "InjectParameterDataRequest" or not isinstance(listed, list) or len(listed) > 512:
        raise PacketError(f"a {reply.kind} message; expected an injection of at most 512 parameters")
    result = {}
    for item in listed:
        name, value = (item.get("id"), item.get("value")) if isinstance(item, dict) else (None, None)
        if not (isinstance(name, str) and len(name) <= 64 and isinstance(value, (int, float))):
            raise PacketError("a parameter without id or value")
        if not abs(value) <= LARGEST:
            raise PacketError(f"parameter {name!r} is beyond {LARGEST}")
        result[name] = float(value)
    return result


def custom_names(names: Sequence[str]) -> tuple[str, ...]:
    """The channels as custom parameters. Raises RefusedError for names VTube Studio does not take."""
    wrong = [name for name in names if not _CUSTOM.fullmatch(name)]
    if wrong:
        raise RefusedError(
            f"VTube Studio takes parameter names of 4 to 32 letters and digits, not {wrong[0][:40]!r}"
        )
    return tuple(names)


def encoder(names: Sequence[str], spelling: str = "tracking") -> Callable[[WeightFrame], str]:
    """Frames → injections. Raises RefusedError for channels that do not suit the spelling, one of NAMES."""
    if spelling == "arkit":
        custom = custom_names(names)
        return lambda frame: injection(dict(zip(custom, frame.weights.tolist(), strict=True)))
    places = Places(names, LINK_NAMES, "VTube Studio")

    def text(frame: WeightFrame) -> str:
        values = places.values(frame.weights).tolist()
        return injection(tracking(dict(zip(LINK_NAMES, values, strict=True))))

    return text


def tracking(values: Mapping[str, float]) -> dict[str, float]:
    """ARKit weights as parameters of VTube Studio's face tracking: an estimate, its formulas are unpublished.

    MouthOpen, CheekPuff, TongueOut and EyeOpen* are from 0 to 1; MouthSmile and the brows likewise, 0.5 at
    rest; MouthX from -1 to 1; FaceAngleX, Y and Z are yaw, pitch and roll in degrees.
    """

    def of(name: str) -> float:
        return values.get(name, 0.0)

    def both(name: str) -> float:
        return (of(f"{name}Left") + of(f"{name}Right")) / 2

    pitch, yaw, roll = angles(values, HEAD_NAMES)
    brows = [
        _unit(0.5 + 0.25 * (of("browInnerUp") + of(f"browOuterUp{side}")) - 0.5 * of(f"browDown{side}"))
        for side in ("Left", "Right")
    ]
    wide = both("mouthStretch") - max(of("mouthPucker"), of("mouthFunnel"))
    return {
        "MouthOpen": _unit((of("jawOpen") - of("mouthClose")) / 0.6),
        "MouthSmile": _unit(0.5 + 0.5 * (both("mouthSmile") - both("mouthFrown")) + 0.25 * wide),
        "MouthX": min(1.0, max(-1.0, of("mouthLeft") - of("mouthRight"))),
        "CheekPuff": _unit(of("cheekPuff")),
        "TongueOut": _unit(of("tongueOut")),
        "EyeOpenLeft": _unit(1 - of("eyeBlinkLeft")),
        "EyeOpenRight": _unit(1 - of("eyeBlinkRight")),
        "Brows": sum(brows) / 2,
        "BrowLeftY": brows[0],
        "BrowRightY": brows[1],
        **{"FaceAngleX": yaw, "FaceAngleY": pitch, "FaceAngleZ": roll},
    }


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
