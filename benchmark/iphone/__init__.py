"""What `devices/iphone.py` is made of.

`usbmux` speaks to the daemon that has the cable, `phone` finds an iPhone there and knows why one
cannot be used, `link` is a connection to the app on it, `push` puts files there, `app` runs them,
and `launch` starts the app where Xcode can.
"""
