"""The register and its plan versions."""
