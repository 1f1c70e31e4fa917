"""Many networks: which, each exported here or on other machines, and what came of all of them.

`names` finds them, `here` and `on_ray` are the places where they can be exported, `sweep` goes
through them, `report` tells a person of each as it is done.
"""
