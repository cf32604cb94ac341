#include "checker/tidy/source.hpp"

#include <cctype>

namespace interfuse::tidy {
namespace {
enum class region { code, line_comment, block_comment, literal, raw_literal };

struct splitter {
    std::string_view text;
    source &into;
    size_t at = 0;
    region where = region::code;
    char quote = 0;
    std::string raw_end = {};

    bool next_is(std::string_view token) const { return text.substr(at, token.size()) == token; }
    void add_code() { into.code.back() += text[at]; }
};

void begin_line(source &into)
{
    into.lines.emplace_back();
    into.code.emplace_back();
    into.comments.emplace_back();
}

// A quote after a digit separates digits: 1'000.
bool opens_literal(const splitter &split)
{
    char c = split.text[split.at];
    if (c == '"')
        return included_name(split.into.lines.back() + "\"\"").empty();
    return c == '\'' && (split.at == 0 || !std::isalnum(static_cast<unsigned char>(split.text[split.at - 1])));
}

void step_in_code(splitter &split)
{
    if (split.next_is("//") || split.next_is("/*")) {
        split.where = split.next_is("//") ? region::line_comment : region::block_comment;
        split.at++;
        split.into.lines.back() += split.text[split.at];
    } else if (split.next_is("R\"")) {
        size_t open = split.text.find('(', split.at);
        split.raw_end = ")" + std::string(split.text.substr(split.at + 2, open - split.at - 2)) + "\"";
        split.where = region::raw_literal;
    } else if (opens_literal(split)) {
        split.quote = split.text[split.at];
        split.where = region::literal;
        split.add_code();
    } else {
        split.add_code();
    }
}

void step_in_literal(splitter &split)
{
    if (split.text[split.at] == '\\' && split.at + 1 < split.text.size() && split.text[split.at + 1] != '\n') {
        split.at++;
        split.into.lines.back() += split.text[split.at];
    } else if (split.text[split.at] == split.quote) {
        split.where = region::code;
        split.add_code();
    }
}

void step(splitter &split)
{
    switch (split.where) {
    case region::code:
        step_in_code(split);
        break;
    case region::line_comment:
        split.into.comments.back() += split.text[split.at];
        break;
    case region::block_comment:
        if (split.next_is("*/")) {
            split.where = region::code;
            split.at++;
            split.into.lines.back() += '/';
        } else {
            split.into.comments.back() += split.text[split.at];
        }
        break;
    case region::literal:
        step_in_literal(split);
        break;
    case region::raw_literal:
        if (split.next_is(split.raw_end)) {
            split.into.lines.back() += split.text.substr(split.at + 1, split.raw_end.size() - 1);
            split.at += split.raw_end.size() - 1;
            split.where = region::code;
        }
        break;
    }
}
} // namespace

std::string_view included_name(const std::string &line)
{
    std::string_view rest = line;
    auto skip = [&rest](std::string_view token) {
        while (!rest.empty() && rest.front() == ' ')
            rest.remove_prefix(1);
        bool found = rest.substr(0, token.size()) == token;
        rest.remove_prefix(found ? token.size() : 0);
        return found;
    };
    if (!skip("#") || !skip("include"))
        return {};
    skip("");
    size_t end = rest.find_first_of("\">", 1);
    return rest.empty() || end == std::string_view::npos ? std::string_view{} : rest.substr(0, end + 1);
}

source parse_source(std::string path, std::string_view text)
{
    source result{.path = std::move(path), .lines = {}, .code = {}, .comments = {}};
    splitter split{.text = text, .into = result};
    begin_line(result);
    for (; split.at < text.size(); split.at++) {
        if (text[split.at] == '\n') {
            if (split.where == region::line_comment || split.where == region::literal)
                split.where = region::code;
            if (split.at + 1 < text.size())
                begin_line(result);
            continue;
        }
        result.lines.back() += text[split.at];
        step(split);
    }
    return result;
}
} // namespace interfuse::tidy
