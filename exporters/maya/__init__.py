"""Maya: a script that sets keys, and files of curves."""
