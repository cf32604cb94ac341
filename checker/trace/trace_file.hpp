// Traces as JSON files.
#pragma once

#include <string>

#include "checker/trace/trace.hpp"

namespace interfuse {

// What a trace file may hold at most; files beyond are neither written nor read.
inline constexpr std::size_t trace_bytes_max = 64 * 1024 * 1024;

// The JSON text of a trace: one line for each step.
std::string trace_text(const trace &what);

// Writes the file so that it is there complete or not at all, making its folder if need be. Returns an error
// sentence, or nothing.
std::string write_trace(const trace &what, const std::string &path);

// Everything in the file is checked before it is used. On success error is empty; else it is one sentence that names
// the file, the field and what was expected.
struct trace_result {
    trace what;
    std::string error;
};
trace_result read_trace(const std::string &path);
// The same for a text; `name` stands for the file in the error.
trace_result parse_trace(const std::string &text, const std::string &name);

} // namespace interfuse
