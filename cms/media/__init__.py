"""Pictures: judged by their content when they come in, kept only as clean copies, shown in sizes made beforehand."""
