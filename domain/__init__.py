"""The rules of dossiers, units, agencies, officers, procedures and handovers, without clock, I/O, SQL or
HTTP."""
