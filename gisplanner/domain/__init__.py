"""The words of the field as frozen records; no input or output here."""
