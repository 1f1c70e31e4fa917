"""One call of `irrvit-export`.

`perform` does what was typed and gives the exit code: `options` turns it into jobs, `export_files`
does those that are not done yet in the processes of `workers`, `evaluate` tries the files on
labelled pictures, `publish` puts them in place, `progress` and `output` tell the person who waits.
`listing` is `irrvit-export list`, `help` its --help.
"""
