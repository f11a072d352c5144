"""What was trained: scripts, callbacks and logs → fit records.

Nothing is imported here: reading a log needs no Keras, and a script chooses its backend
before Keras is there.
"""
