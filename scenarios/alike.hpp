// Tasks that differ in nothing but their number.
#pragma once

#include <vector>

namespace interfuse {

struct alike_pair {
    unsigned later, earlier;
};

// Each task that has not begun and is like an earlier one, with the last such: the same name, code and variables, the same
// process, and nothing refers to either of them. To exchange the two leads to a world that behaves the same. REQUIRES: the
// scenario was built last and no run of it has begun.
std::vector<alike_pair> find_alike_tasks();

} // namespace interfuse
