#include "checker/tidy/function.hpp"

namespace interfuse::tidy {
namespace {
struct brace_scan {
    std::vector<function> found;
    std::string head;
    size_t head_line = 0;
    int open_in_function = 0;
};

// A block is a function's when parameters precede it. alignas(...) takes parentheses too, but has none.
bool heads_function(std::string head)
{
    for (size_t at = head.find("alignas("); at != std::string::npos; at = head.find("alignas("))
        head.erase(at, head.find(')', at) - at + 1);
    return head.find('(') != std::string::npos;
}

void read_character(brace_scan &scan, char c, size_t line)
{
    if (scan.open_in_function) {
        scan.open_in_function += (c == '{') - (c == '}');
        if (!scan.open_in_function)
            scan.found.back().last = line;
        return;
    }
    if (c == '{' && heads_function(scan.head)) {
        scan.found.push_back({.first = scan.head_line, .last = line});
        scan.open_in_function = 1;
    }
    if (c == '{' || c == '}' || c == ';') {
        scan.head.clear();
    } else if (c != ' ' || !scan.head.empty()) {
        if (scan.head.empty())
            scan.head_line = line;
        scan.head += c;
    }
}
} // namespace

std::vector<function> find_functions(const source &file)
{
    brace_scan scan;
    for (size_t i = 0; i < file.code.size(); i++) {
        if (file.code[i].starts_with('#'))
            continue;
        for (char c : file.code[i] + " ")
            read_character(scan, c, i + 1);
    }
    return scan.found;
}
} // namespace interfuse::tidy
