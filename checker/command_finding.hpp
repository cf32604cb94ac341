// What the searching verbs say while they search.
#pragma once

#include <chrono>
#include <string>

#include "checker/search/explore.hpp"

namespace interfuse {

// On stdout: the sentence after a first part that says where, the trace, the replay command, the interleaving in columns.
void print_finding(const std::string &where, const finding &found, const trace &recorded);

// Says on stderr how far a search is: often on a terminal, now and then in a log.
class progress_line {
public:
    progress_line();
    bool due() const { return std::chrono::steady_clock::now() >= next; }
    void show(const std::string &text);
    void clear();

private:
    std::chrono::milliseconds pause() const { return std::chrono::milliseconds(terminal ? 200 : 10'000); }

    bool terminal;
    bool shown = false;
    std::chrono::steady_clock::time_point next;
};

} // namespace interfuse
