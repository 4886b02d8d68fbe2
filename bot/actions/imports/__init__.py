"""Importing CSV files. What is wrong is said row by row, in words; the rest applies."""
