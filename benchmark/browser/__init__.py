"""What `devices/browser.py` is made of.

`page_server` has the built page of `web_app/` and serves it, and `worker` is the process that
drives it in a browser. `serve_page` serves it to a phone on the desk.
"""
