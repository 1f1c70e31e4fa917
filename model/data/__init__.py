"""Labelled pictures: one file per data set, and `find`, which looks one up by its name."""
