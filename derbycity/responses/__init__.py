"""What every answer carries: security headers, standards of HTTP, and pages for errors."""
