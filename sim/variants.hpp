// Lists of answers, one after the other.
#pragma once

#include <vector>

#include "sim/choose.hpp"

namespace sim {

// The next list of answers after one that was given in full, the last choice first; false if it was the last.
inline bool advance(std::vector<choice> &answers)
{
    while (!answers.empty() && answers.back().answer + 1 == answers.back().alternatives)
        answers.pop_back();
    if (answers.empty())
        return false;
    ++answers.back().answer;
    return true;
}

} // namespace sim
