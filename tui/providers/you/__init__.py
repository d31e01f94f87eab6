"""You.com: research whose markers are positions in its list of sources."""

from tui.providers.you.spec import PROVIDER

__all__ = ["PROVIDER"]
