"""The protocol of a run: who is called when, and what is watched meanwhile."""
