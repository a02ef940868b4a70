"""One module, one user action: the only rooms that the command line and the server enter."""
