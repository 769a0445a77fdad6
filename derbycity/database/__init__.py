"""A Django database engine that never waits for a silent server longer than it was told to.

`base.py` is what Django loads · `limits.py` says how long a web request and a command may wait · `circuit.py` remembers
that the server is silent, so that one request waits and not everybody after it.
docs/decisions/0012-a-silent-database.md says why. The embedded server's engine (derbycity/postgres) builds on it.
"""
