"""HTTP only: read the request, call a service, give the answer."""
