check_PROGRAMS += tests/test_report
TESTS += tests/test_report
tests_test_report_SOURCES = tests/test_report.h tests/test_report.c tests/test_report_parts.c \
    tests/test_report_json.c tests/test_report_lines.c tests/test_report_table.c \
    tests/test_report_labels.c tests/test_report_data.c
tests_test_report_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_report_LDADD = libreport.la libanalyze.la libstats.la libmetrics.la libmap.la \
    libkernels.la libio.la libtesting.la libbase.la $(GSL_LIBS) $(CHECK_LIBS)
