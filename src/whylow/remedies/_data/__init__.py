"""Remedies of what a model is trained on."""
