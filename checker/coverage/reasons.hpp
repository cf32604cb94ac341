// Tables of reasons in text: columns between bars, in sections.
#pragma once

#include <string>
#include <vector>

namespace interfuse {

// A row of columns. Blank lines and lines that begin with # are skipped. A line in brackets, such as [core/dir.cpp] or
// [core/dir.cpp, repaired], begins a section: its words go with each row that follows.
struct reason_row {
    std::vector<std::string> section;
    std::vector<std::string> columns;
    unsigned line;
};

std::vector<reason_row> read_reason_rows(const std::string &text);

// Whether a section is about a core: it names that one, or `repaired`, on which all others but the faithful one stand,
// or none.
bool section_concerns(const std::vector<std::string> &section, const std::string &core);

std::string trimmed(const std::string &text);

} // namespace interfuse
