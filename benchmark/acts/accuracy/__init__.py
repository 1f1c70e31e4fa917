"""`irrvit-bench --decisions`: what files on a device decide on labelled pictures.

`session` shows them the pictures, and `report` what they said.
"""
