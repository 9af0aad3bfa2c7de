dist_man_MANS = man/multimax-analyze.1 man/multimax-formats.5
