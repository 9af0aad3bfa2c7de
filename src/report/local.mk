noinst_LTLIBRARIES += libreport.la
libreport_la_SOURCES = src/report/report.h
