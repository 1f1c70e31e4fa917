"""What `devices/android.py` is made of.

`adb` talks to one phone, `state` asks it who and how it is, `push` puts files on it and `app` and
`tool` run them there: the demo app's benchmark entry, and Google's `benchmark_model`. `power` reads
what it draws.
"""
