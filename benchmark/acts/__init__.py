"""What `irrvit-bench` can be asked to do: one module or folder for each act."""
