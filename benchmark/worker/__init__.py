"""The process that holds a file while it is measured, its runtimes, and the way to talk to it."""
