"""What was measured, for people and for machines.

`table` prints it and has it as JSON; `page` is the page of `--report`: `entries` says what is shown
together, `charts` where it goes, and `templates/` how it looks.
"""
