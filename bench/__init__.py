"""Measurements: each prints what it measured, against whom, and says how."""
