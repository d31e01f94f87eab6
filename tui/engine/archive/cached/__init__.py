"""An archive on a server with a local copy: for the first paint, and while the server is unreachable."""
