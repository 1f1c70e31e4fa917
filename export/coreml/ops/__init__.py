"""The operations of the reference interpreter, one module per family, listed in `table`."""
