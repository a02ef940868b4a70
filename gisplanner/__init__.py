"""Spatial planning for the renovation of old residential estates (城镇老旧小区改造).

The house: ``api`` and ``cli`` call ``services``; a service is one user action and the only place that lets
``planning`` (algorithms), ``store`` (PostGIS), ``formats`` (files), ``maps`` and ``catalog`` (definitions as
data) meet. Below them stand ``rules`` (policy as pure functions) and ``domain`` (the words of the field).
"""

__version__ = "0.1.0"
