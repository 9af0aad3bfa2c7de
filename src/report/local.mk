noinst_LTLIBRARIES += libreport.la
libreport_la_SOURCES = src/report/report.h src/report/report.c src/report/parts.h \
    src/report/parts.c src/report/json_parts.h src/report/json_parts.c src/report/json.c \
    src/report/ndjson.c src/report/delimited.h src/report/delimited.c \
    src/report/delimited_report.c \
    src/report/figure_data.h src/report/figure_data.c src/report/data_heatmap.c \
    src/report/data_simplex.c src/report/data_tradeoff.c \
    src/report/table.h src/report/table.c \
    src/report/table_layout.c src/report/table_number.c src/report/listing.c \
    src/report/table_legend.c
libreport_la_SOURCES += src/report/data_distribution.c src/report/data_rows.c \
    src/report/data_curve.c src/report/data_layers.c
