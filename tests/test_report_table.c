#include "test_report.h"
TCase *report_table_case(void)
{
    return tcase_create("table");
}
