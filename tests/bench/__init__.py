"""Our speed beside the plain way, measured in turn in one run: `make bench`."""
