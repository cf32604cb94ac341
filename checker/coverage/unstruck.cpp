// Comparing what was struck with what can be.
#include "checker/coverage/unstruck.hpp"

#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/coverage/reasons.hpp"

namespace interfuse {

namespace {

constexpr std::array<unsigned, 20> sent = {0,  1,  2,  3,  8,  10, 12, 13, 14, 15,
                                           16, 18, 20, 21, 25, 26, 27, 29, 30, 35};

// The numbers whose names stand in a column, of all that may stand there; nothing if one is unknown.
template <typename NameOf>
std::optional<std::vector<unsigned>> read_names(const std::string &column, const std::vector<unsigned> &all,
                                                NameOf name)
{
    if (column == "*")
        return all;
    std::vector<unsigned> chosen;
    for (std::size_t at = 0, comma = 0; comma != std::string::npos; at = comma + 1) {
        comma = column.find(',', at);
        std::string word = trimmed(column.substr(at, comma == std::string::npos ? comma : comma - at));
        std::size_t before = chosen.size();
        for (unsigned each : all)
            if (name(each) == word)
                chosen.push_back(each);
        if (chosen.size() == before)
            return std::nullopt;
    }
    return chosen;
}

std::vector<unsigned> numbers_below(unsigned end)
{
    std::vector<unsigned> numbers(end);
    for (unsigned i = 0; i < end; ++i)
        numbers[i] = i;
    return numbers;
}

std::optional<strike_set> read_strikes(const std::vector<std::string> &columns)
{
    auto operations = read_names(columns[0], {sent.begin(), sent.end()}, name_of_opcode);
    auto by = read_names(columns[1], numbers_below(disturbances),
                         [](unsigned i) { return name_of(static_cast<disturbance>(i)); });
    auto at = read_names(columns[2], numbers_below(request_stages),
                         [](unsigned i) { return name_of(static_cast<request_stage>(i)); });
    if (!operations || !by || !at)
        return std::nullopt;
    strike_set strikes;
    for (unsigned opcode : *operations)
        for (unsigned each : *by)
            for (unsigned stage : *at)
                strikes.set(number_of({static_cast<disturbance>(each), static_cast<request_stage>(stage), opcode}));
    return strikes;
}

std::string text_of(const strike &what)
{
    return fmt::format("{} of {} at {}", name_of(what.by), name_of_opcode(what.opcode), name_of(what.at));
}

} // namespace

std::span<const unsigned> operations_of_core()
{
    return sent;
}

const strike_set &all_strikes()
{
    static const strike_set all = *read_strikes({"*", "*", "*"});
    return all;
}

unstruck_list parse_unstruck(const std::string &text, const std::string &core)
{
    unstruck_list list;
    for (const reason_row &row : read_reason_rows(text)) {
        const std::vector<std::string> &columns = row.columns;
        std::optional<strike_set> strikes;
        if (columns.size() == 4 && !columns[3].empty())
            strikes = read_strikes(columns);
        if (!strikes) {
            list.error = fmt::format("core/unstruck.txt, line {}: operations | disturbances | stages | reason was "
                                     "expected, with names as coverage prints them",
                                     row.line);
            return list;
        }
        if (section_concerns(row.section, core))
            list.entries.push_back(
                {fmt::format("{} | {} | {}", columns[0], columns[1], columns[2]), columns[3], *strikes});
    }
    return list;
}

strike_gaps find_strike_gaps(const strike_set &seen, const std::vector<unstruck> &excuses)
{
    strike_gaps found;
    strike_set open = all_strikes() & ~seen;
    for (const unstruck &excuse : excuses) {
        open &= ~excuse.strikes;
        for (unsigned number = 0; number < strike_numbers; ++number)
            if ((excuse.strikes & seen)[number])
                found.complaints.push_back(fmt::format("core/unstruck.txt says that this cannot be, but it was seen: "
                                                       "{}, in the row \"{}\"",
                                                       text_of(strike_of(number)), excuse.text));
    }
    for (unsigned number = 0; number < strike_numbers; ++number)
        if (open[number])
            found.open.push_back(strike_of(number));
    return found;
}

} // namespace interfuse
