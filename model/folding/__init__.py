"""Removing what a phone need not compute, by exact algebra, and the proof that it is exact."""
