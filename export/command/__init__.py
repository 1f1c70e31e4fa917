"""One call of `irrvit-export`.

`options` turns what was typed into jobs, `export_files` does those that are not done yet in the
processes of `workers`, `evaluate` tries the files on labelled pictures, `publish` puts them in
place, `progress` and `output` tell the person who waits.
"""
