"""What `devices/remote_browser.py` is made of: a phone that needs nothing but its browser.

`server` serves the page and hears it, `session` is the talk with one phone, `pairing` how it proves
itself and `invite` how a person lets it in; `words` reads what the page says, which is believed
only where it is plausible. Requests of https carry all, no WebSocket: Safari opens none where a
person, and no authority, vouches for a certificate (WebKit bug 145819).
"""
