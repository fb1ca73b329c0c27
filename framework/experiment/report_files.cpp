#include "framework/experiment/report_files.h"

// The assembler copies each file into the program's constants, between two symbols.
#define GRADUS_EMBED(name, file) \
  ".hidden kReport" name         \
  "\n"                           \
  ".global kReport" name         \
  "\n"                           \
  "kReport" name                 \
  ":\n"                          \
  ".incbin \"" file              \
  "\"\n"                         \
  ".hidden kReport" name         \
  "End\n"                        \
  ".global kReport" name         \
  "End\n"                        \
  "kReport" name                 \
  "End:\n"                       \
  ".byte 0\n"

asm(".pushsection .rodata\n"                                               //
    GRADUS_EMBED("Page", GRADUS_REPORT_FOLDER "/page.html")                //
    GRADUS_EMBED("Style", GRADUS_REPORT_FOLDER "/page.css")                //
    GRADUS_EMBED("Charts", GRADUS_REPORT_FOLDER "/charts.js")              //
    GRADUS_EMBED("Script", GRADUS_REPORT_FOLDER "/page.js")                //
    GRADUS_EMBED("VegaLicense", GRADUS_REPORT_FOLDER "/vega-license.txt")  //
    GRADUS_EMBED("Vega", GRADUS_VEGA_FILE)                                 //
    ".popsection\n");

extern "C" {
extern const char kReportPage[], kReportPageEnd[];
extern const char kReportStyle[], kReportStyleEnd[];
extern const char kReportCharts[], kReportChartsEnd[];
extern const char kReportScript[], kReportScriptEnd[];
extern const char kReportVegaLicense[], kReportVegaLicenseEnd[];
extern const char kReportVega[], kReportVegaEnd[];
}

namespace gradus::experiment::report_files {

std::string_view page() { return {kReportPage, kReportPageEnd}; }
std::string_view style() { return {kReportStyle, kReportStyleEnd}; }
std::string_view charts() { return {kReportCharts, kReportChartsEnd}; }
std::string_view page_script() { return {kReportScript, kReportScriptEnd}; }
std::string_view vega() { return {kReportVega, kReportVegaEnd}; }
std::string_view vega_license() { return {kReportVegaLicense, kReportVegaLicenseEnd}; }

}  // namespace gradus::experiment::report_files
