"""Remedies of how a model is trained."""
