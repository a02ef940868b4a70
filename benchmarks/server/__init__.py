"""Parts of the server benchmark: a bare HTTP client, the peers, the stock."""
