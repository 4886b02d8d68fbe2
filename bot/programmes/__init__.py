"""Programme files: cards, loader, line numbers, errors in words. Frozen values out."""
