"""Weights → vertices and back; rigs of principal components."""
