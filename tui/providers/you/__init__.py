"""You.com: research whose markers are positions in its list of sources."""
