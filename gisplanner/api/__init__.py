"""HTTP only: parse a request, call a service, render the answer."""
