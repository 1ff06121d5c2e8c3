"""The workspace: files and git, one outside thing a module. It does not decide or print."""
