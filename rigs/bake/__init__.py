"""How the default head is made from its CC0 source; only the result ships in `rigs/data/head.npz`."""
