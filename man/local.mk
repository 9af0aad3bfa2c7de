dist_man_MANS = man/multimax-analyze.1
