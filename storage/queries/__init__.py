"""Reads and writes, the handle first; never commit."""
