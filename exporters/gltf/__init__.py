"""glTF, binary and text: the rig's mesh animated, or a user's own file given back."""
