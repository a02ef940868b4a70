"""Files that are handed in over the net (网上报送): taken within limits, looked into by a worker, then imported."""
