// A place in the simulated program's source.
#pragma once

namespace sim {

// Captured by a default argument, so that it names the caller. Clang 14 with libstdc++ has no
// std::source_location; the three builtins below are what that would be made of.
struct place {
    const char *file = "";
    const char *function = "";
    unsigned line = 0;

    [[gnu::always_inline]] static constexpr place here(const char *file = __builtin_FILE(), const char *function = __builtin_FUNCTION(),
                                unsigned line = __builtin_LINE())
    {
        return {file, function, line};
    }
};

} // namespace sim
