"""One file per format; the file's name is the name of the target. See `irrvit.export.target`."""
