"""What everything published needs: revisions, media, an audit log, the back office. Knows no kind of thing."""
