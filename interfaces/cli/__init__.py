"""The command line: `hoso <noun> <verb>`, one module per noun."""
