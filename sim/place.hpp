// A place in the simulated program's source.
#pragma once

#include <cstdint>

namespace sim {

// Captured by a default argument, so that it names the caller. Clang 14 with libstdc++ has no
// std::source_location; the three builtins below are what that would be made of. Two words, so that it travels in
// registers: an address of user space has 47 bits on x86-64, which leaves room for a line beside it.
class place {
public:
    constexpr place() = default;
    // The strings are constants, or live as long as the process. Lines beyond line_max count as line_max. There is no
    // branch in this, since coverage would count it as one of the core's wherever a place is captured.
    [[gnu::always_inline]] place(const char *file, const char *function, unsigned line)
        : path(file), function_and_line(reinterpret_cast<std::uint64_t>(function) |
                                        static_cast<std::uint64_t>(line - (line > line_max) * (line - line_max)) << 48)
    {
    }

    [[gnu::always_inline]] static place here(const char *file = __builtin_FILE(),
                                             const char *function = __builtin_FUNCTION(),
                                             unsigned line = __builtin_LINE())
    {
        return {file, function, line};
    }

    static constexpr unsigned line_max = 0xffff;

    const char *file() const { return path != nullptr ? path : ""; }
    const char *function() const
    {
        auto name = reinterpret_cast<const char *>(function_and_line << 16 >> 16);
        return name != nullptr ? name : "";
    }
    unsigned line() const { return static_cast<unsigned>(function_and_line >> 48); } // 0: no place

private:
    const char *path = nullptr;
    std::uint64_t function_and_line = 0;
};

} // namespace sim
