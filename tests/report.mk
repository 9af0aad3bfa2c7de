# The map room's words are faked until test_report_fakes.c gives way to the libraries themselves.
check_LTLIBRARIES += libtestreport.la
libtestreport_la_SOURCES = tests/test_report.h tests/test_report_parts.c tests/test_report_fakes.c
libtestreport_la_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/test_report tests/test_report_table
TESTS += tests/test_report tests/test_report_table
tests_test_report_SOURCES = tests/test_report.c tests/test_report_json.c tests/test_report_lines.c
tests_test_report_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_report_LDADD = libreport.la libtestreport.la libtesting.la libbase.la $(CHECK_LIBS)
tests_test_report_table_SOURCES = tests/test_report_table.c
tests_test_report_table_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_report_table_LDADD = libreport.la libtestreport.la libtesting.la libbase.la \
    $(CHECK_LIBS)
