#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "checker/tidy/function.hpp"
#include "checker/tidy/rule.hpp"

namespace interfuse::tidy {
namespace {
constexpr size_t file_lines_max = 400;
constexpr size_t function_lines_max = 70;

void check_name(const source &file, complaints &found)
{
    std::string name = stem(file.path);
    bool snake =
        std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    if (!snake)
        complain(found, file, 1, "a file's name is snake_case");
    for (const char *word : {"util", "common", "types", "helper", "manager", "context", "engine", "defs"}) {
        if (name.find(word) != std::string::npos)
            complain(found, file, 1, fmt::format("a file is named after a noun of its own, not \"{}\"", word));
    }
}

void check_lengths(const source &file, complaints &found)
{
    if (file.lines.size() > file_lines_max && file.path != "core/dev.cpp")
        complain(found, file, file.lines.size(), fmt::format("a file has at most {} lines", file_lines_max));
    for (function part : find_functions(file)) {
        size_t length = part.last - part.first + 1;
        if (length > function_lines_max)
            complain(found, file, part.first,
                     fmt::format("a function has at most {} lines, this one {}", function_lines_max, length));
    }
}

void check_header(const source &file, complaints &found)
{
    if (std::ranges::find(file.code, "#pragma once") == file.code.end())
        complain(found, file, 1, "a header has #pragma once");
    const std::string &first = file.lines.front();
    if (file.path.starts_with("sim/kernel/") && first.find("MODELLED") == std::string::npos &&
        first.find("STUBBED") == std::string::npos)
        complain(found, file, 1, "the first line of a fake's header says MODELLED or STUBBED");
}

void check_scenario(const source &file, complaints &found)
{
    size_t questions = 0, expectations = 0, last = 0;
    for (size_t i = 0; i < file.code.size(); i++) {
        questions += file.code[i].find(".question =") != std::string::npos;
        expectations += file.code[i].find(".expected =") != std::string::npos;
        if (questions > expectations)
            last = i;
    }
    if (questions != expectations)
        complain(found, file, last + 1, "a scenario states its question and what is expected");
}

// The assertion may stand after the declarations of the function, so a few lines further down.
void check_lock_comments(const source &file, complaints &found)
{
    constexpr size_t reach = 20;
    for (size_t i = 0; i < file.comments.size(); i++) {
        size_t called = file.comments[i].find("Called with ");
        if (called == std::string::npos || file.comments[i].find("lock held", called) == std::string::npos)
            continue;
        auto begin = file.code.begin() + static_cast<std::ptrdiff_t>(i);
        auto end = file.code.begin() + static_cast<std::ptrdiff_t>(std::min(i + reach, file.code.size()));
        bool asserted = std::any_of(
            begin, end, [](const std::string &line) { return line.find("lockdep_assert_held(") != std::string::npos; });
        if (!asserted)
            complain(found, file, i + 1, "\"Called with a lock held\" is followed by lockdep_assert_held");
    }
}
} // namespace

void check_file(const source &file, complaints &found)
{
    check_name(file, found);
    check_lengths(file, found);
    if (file.path.ends_with(".hpp"))
        check_header(file, found);
    if (file.path.starts_with("scenarios/"))
        check_scenario(file, found);
    if (file.path.ends_with(".cpp"))
        check_lock_comments(file, found);
}

complaints check_source(const source &file)
{
    complaints found;
    check_lines(file, found);
    check_file(file, found);
    check_includes(file, found);
    return found;
}

void complain(complaints &found, const source &file, size_t line, std::string_view rule)
{
    found.push_back(fmt::format("{}:{}: {}", file.path, line, rule));
}

bool is_test(const std::string &path)
{
    return path.ends_with("_test.cpp");
}

std::string stem(const std::string &path)
{
    std::string name = path.substr(path.rfind('/') + 1);
    return name.substr(0, name.find('.'));
}
} // namespace interfuse::tidy
