"""Published maps (成果图): one HTML file each, self-contained, drawn from data handed in; nothing here queries."""
