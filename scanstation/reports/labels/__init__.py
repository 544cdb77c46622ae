"""Labels on paper: sheets by name, where everything stands on a label, and the writers for HTML, PDF and ZPL."""
