"""A Django database engine that brings its own PostgreSQL, for development, tests and demonstrations.

    DATABASES = {
        "default": {
            "ENGINE": "derbycity.devtools.postgres",
            "NAME": "derbycity",
            "DATA_DIR": BASE_DIR / ".postgres",
        }
    }

The first connection starts a private server in DATA_DIR, or joins the one already running there. The
server stops a few seconds after its last user is gone, however that user ended. Nothing listens on the
network. Production uses a real server named by DATABASE_URL, never this.

`base.py` is what Django loads · `server.py` joins or starts · `watcher.py` is the process that runs the
server and stops it · `place.py` knows folders, accounts, locks and pids · `programs.py` finds PostgreSQL.
docs/decisions/0002-embedded-postgresql.md says why.
"""
