"""From the channels of one rig to those of another: maps by names, by hand, and bundled."""
