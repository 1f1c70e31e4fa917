"""What `devices/android.py` is made of.

`server` is adb's, and `adb` one phone on it; `state` asks it who and how it is, `push` puts files
on it, `app` and `tool` run them there: the demo app's benchmark entry, and Google's
`benchmark_model`; `power` reads what it draws. What they print is read by `parse`, `tool_output`,
`gauge`, `identity` and `attachment`, which are pure.
"""
