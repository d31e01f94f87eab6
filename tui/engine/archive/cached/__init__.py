"""An archive on a server with a copy of it on this machine: for the first paint, and while the server is away."""
