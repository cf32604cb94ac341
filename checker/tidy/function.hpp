// Where functions begin and end, by counting braces.
#pragma once

#include "checker/tidy/source.hpp"

namespace interfuse::tidy {
// Lines count from 1; the first is that of the signature, the last that of the closing brace.
struct function {
    size_t first;
    size_t last;
};

// Finds functions at the scope of files, namespaces and classes; a lambda belongs to the function around it.
std::vector<function> find_functions(const source &file);
} // namespace interfuse::tidy
