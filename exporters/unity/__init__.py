"""Unity's AnimationClip."""
