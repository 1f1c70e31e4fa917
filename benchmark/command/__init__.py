"""From the words of a command line to an act: `irrvit-bench` without what it does.

`parameters` makes a command line of an act's record of options, `spelling` finds the act that words
ask for and refuses options of another, `help` groups what `--help` shows, `perform` runs an act and
prints what came of it.
"""
