"""Host names in reversed order, so that a domain is a prefix of its subdomains."""


def site_of(host: str) -> str:
    """Return `host` with its labels reversed ("com.nature.www"), so that a domain and all below it are one range."""
    return ".".join(reversed(host.strip().lower().strip(".").split(".")))


def host_of_site(site: str) -> str:
    """Return the host that `site_of` was made from."""
    return site_of(site)
