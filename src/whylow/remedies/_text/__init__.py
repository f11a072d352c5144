"""Remedies of what a text classifier does with padding, time and attention."""
