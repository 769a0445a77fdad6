"""How a page of an organisation is kept true: by its own people, and by what readers say."""
