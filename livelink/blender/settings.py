"""What the panel lets people choose. It belongs to the scene and is saved with it."""

import bpy

PROTOCOLS = (
    ("AUTO", "Automatic", "Whatever comes, told apart packet by packet"),
    ("OSC", "OSC", "An address for each channel, or the form of Face Cap"),
    ("VMC", "VMC", "Virtual Motion Capture protocol"),
    ("LIVELINK", "Live Link Face", "As Unreal receives it from a phone"),
    ("IFACIALMOCAP", "iFacialMocap", "The text that its app sends"),
)
SCOPES = (
    ("CHILDREN", "With children", "The object and everything below it: eyes, teeth, tongue"),
    ("OBJECT", "Object only", "Nothing but the object"),
    ("SELECTED", "Selected objects", "Every object that is selected when Start is pressed"),
)
UPS = (
    ("Z", "Z up", "The character stands along Z and faces -Y, as is usual in Blender"),
    ("Y", "Y up", "The character stands along Y and faces Z inside its armature, as many FBX files have it"),
)
CLOCKS = (
    ("STREAM", "Sender's clock", "Keys are spaced by the sender's clock where it sends one, else by arrival"),
    ("ARRIVAL", "Arrival", "Keys are where packets arrived"),
)


class Audio2FaceSettings(bpy.types.PropertyGroup):
    """The choices of one scene."""

    protocol: bpy.props.EnumProperty(name="Protocol", items=PROTOCOLS, default="AUTO")
    host: bpy.props.StringProperty(
        name="Address",
        description="127.0.0.1 hears this computer only, 0.0.0.0 hears the network too",
        default="127.0.0.1",
        maxlen=64,
    )
    port: bpy.props.IntProperty(
        name="Port", description="UDP port to listen at", default=9001, min=1, max=65535
    )
    target: bpy.props.PointerProperty(
        name="Face", description="The object whose shape keys move", type=bpy.types.Object
    )
    scope: bpy.props.EnumProperty(name="Moves", items=SCOPES, default="CHILDREN")
    widen: bpy.props.BoolProperty(
        name="Beyond slider ranges",
        description="Widen the range of a shape key when a value goes beyond it; else the value stops there",
        default=False,
    )
    rest_on_stop: bpy.props.BoolProperty(
        name="Rest when stopped",
        description="Stop sets what was moved to 0 and turns the head back",
        default=True,
    )
    head_object: bpy.props.PointerProperty(
        name="Head", description="An armature, or an object to turn as a whole", type=bpy.types.Object
    )
    head_bone: bpy.props.StringProperty(name="Bone", description="The bone of the armature that turns")
    head_strength: bpy.props.FloatVectorProperty(
        name="Strength",
        description="Of yaw, pitch and roll; below 0 the turn is mirrored",
        size=3,
        default=(1.0, 1.0, 1.0),
        min=-2.0,
        max=2.0,
    )
    head_up: bpy.props.EnumProperty(name="Character", items=UPS, default="Z")
    clock: bpy.props.EnumProperty(name="Key times", items=CLOCKS, default="STREAM")
    whole_frames: bpy.props.BoolProperty(
        name="Whole frames",
        description="Keys at whole frames, each with the nearest values; else where the values came",
        default=True,
    )
