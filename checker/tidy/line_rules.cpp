#include <regex.h>

#include <stdexcept>

#include "checker/tidy/rule.hpp"

namespace interfuse::tidy {
namespace {
enum class part { line, code, comment };

// `paths` and `except` are patterns for the path; an empty one matches all or none.
struct line_rule {
    part where;
    const char *paths;
    const char *except;
    const char *pattern;
    const char *message;
};

const char *const deterministic = "^(sim|core|scenarios|checker/strategies|checker/invariants)/";

const line_rule line_rules[] = {
    {part::code, "", "", "^ *# *(define|if|ifdef|ifndef|elif|else|endif)\\b",
     "no macros and no conditional compilation: a variant is a patch, a strategy or a target"},
    // The brackets keep this file from matching its own rule.
    {part::line, "", "", "\\b(TOD[O]|FIXM[E]|XX[X])\\b|for no[w]|simplifie[d]|not implemente[d]",
     "no promises: do it or say in the documents that it is left out"},
    {part::line, "", "", "[ \t]$|\t", "no tabs and no blanks at the end of a line"},
    {part::code, "", "", "catch *\\(\\.\\.\\.\\)", "no catch of everything"},
    {part::code, "", "", "\\bthread_local\\b", "no thread_local"},
    {part::code, "", "", "\\b(printf|fprintf|puts|fputs|std::cout|std::cerr)\\b", "text goes through fmt"},
    {part::code, "", "", "^ *(struct|class|union|enum( class| struct)?) +[A-Z]+[a-z]", "names of types are snake_case"},
    {part::comment, "", "", "[-=*#~_/+]{5}", "no banners"},
    {part::comment, "", "", "[@\\\\](brief|param|returns?|author|file|note)\\b", "no markup in comments"},
    {part::code, "^sim/[^/]*$", "", "\\b(kernel|fuse)(::|_)|\\bnamespace kernel\\b|\"sim/kernel/",
     "sim/ outside sim/kernel/ knows nothing of Linux and FUSE"},
    {part::line, "^core/", "", "sim::|scenarios/|checker/", "core/ does not name its harness"},
    {part::code, "^core/", "_test\\.cpp$", "include \"sim/[^/]*\"", "core/ sees of sim/ only sim/kernel/"},
    {part::code, "^core/", "_test\\.cpp$", "\\b(lock_guard|unique_lock|scoped_lock|unique_ptr|shared_ptr)\\b",
     "the port is not modernised"},
    {part::code, deterministic, "",
     "include <(random|thread|chrono|unordered_map|unordered_set|ctime|time\\.h|sys/time\\.h|mutex|"
     "shared_mutex|condition_variable|future|stop_token)>",
     "no clock, randomness, thread or unordered container in the deterministic part"},
    {part::code, deterministic, "",
     "\\bstd::(hash|shuffle|sample|random_device|mt19937)\\b|\\b(rand|srand|gettimeofday|clock_gettime)\\(",
     "no clock, randomness or library hash in the deterministic part"},
    {part::code, "", "^checker/trace/|/[^/]*(report|json)[^/]*$", "include <nlohmann/",
     "nlohmann/json stays in checker/trace/ and the reports"},
    {part::code, "^sim/", "", "include \"(core|scenarios|checker)/", "arrows: sim/ includes sim/ alone"},
    {part::code, "^core/", "", "include \"(scenarios|checker)/", "arrows: core/ includes sim/ and core/"},
    {part::code, "^scenarios/", "", "include \"checker/", "arrows: scenarios/ does not include checker/"},
};

struct pattern {
    regex_t compiled;

    explicit pattern(const char *text)
    {
        if (regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB))
            throw std::logic_error(text);
    }
    pattern(const pattern &) = delete;
    pattern &operator=(const pattern &) = delete;
    ~pattern() { regfree(&compiled); }

    bool matches(const std::string &text) const { return regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0; }
};

const std::vector<std::string> &lines_of(const source &file, part where)
{
    return where == part::code ? file.code : where == part::comment ? file.comments : file.lines;
}
} // namespace

void check_lines(const source &file, complaints &found)
{
    for (const line_rule &rule : line_rules) {
        if (!pattern(rule.paths).matches(file.path))
            continue;
        if (*rule.except && pattern(rule.except).matches(file.path))
            continue;
        pattern wrong(rule.pattern);
        const std::vector<std::string> &lines = lines_of(file, rule.where);
        for (size_t i = 0; i < lines.size(); i++) {
            if (wrong.matches(lines[i]))
                complain(found, file, i + 1, rule.message);
        }
    }
}
} // namespace interfuse::tidy
