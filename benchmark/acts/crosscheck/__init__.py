"""`irrvit-bench --agreement`: our p50 beside that of other people's tools.

`session` runs them in turn, `plain_loop` is the tool where a runtime brings none, and `report`
shows what came of it.
"""
