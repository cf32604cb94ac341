// A trace as text in columns.
#include "checker/views/columns.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "checker/views/wording.hpp"

namespace interfuse {

namespace {

constexpr std::size_t step_width = 6;   // the step's number and a space
constexpr std::size_t place_width = 36; // the source line and function
constexpr std::size_t text_least = 34;  // what the last column keeps for its text
constexpr std::size_t stride_most = 26;
constexpr std::size_t stride_least = 3;

struct row {
    std::size_t step;
    const trace_event *event;
};

std::vector<row> rows_of(const trace &what)
{
    std::vector<row> rows;
    for (std::size_t step = 0; step < what.steps.size(); ++step) {
        for (const trace_event &event : what.steps[step].events)
            rows.push_back({step, &event});
    }
    return rows;
}

// At most so many bytes, cut between characters.
std::string shortened(const std::string &text, std::size_t most)
{
    if (text.size() <= most)
        return text;
    std::size_t end = most > 2 ? most - 2 : 0;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return text.substr(0, end) + "..";
}

class painter {
public:
    painter(const trace &what, const columns_options &options) : what(what), options(options), rows(rows_of(what))
    {
        skipped = rows.size() > options.last ? rows.size() - options.last : 0;
        lane_of.fill(absent);
        std::array<bool, sim::tasks_max> acts = {};
        for (std::size_t i = skipped; i < rows.size(); ++i)
            acts[what.steps[rows[i].step].task] = true;
        for (unsigned task = 0; task < what.tasks.size(); ++task) {
            if (acts[task]) {
                lane_of[task] = lanes.size();
                lanes.push_back(task);
            }
        }
        std::size_t place = options.width >= 110 ? place_width : place_width / 2;
        area = options.width - step_width - place - 1;
        std::size_t room = lanes.size() > 1 ? (area - text_least) / (lanes.size() - 1) : 0;
        stride = std::clamp(room, stride_least, stride_most);
    }

    std::string paint()
    {
        if (skipped > 0)
            text += fmt::format("({} earlier events left out{}{})\n", skipped,
                                options.hint.empty() ? "" : "; all: ", options.hint);
        paint_header();
        std::size_t step = SIZE_MAX;
        bool teardown = false;
        if (skipped < rows.size() && what.steps[rows[skipped].step].setup)
            text += fmt::format("{:-^{}}\n", " setup ", options.width - 1);
        for (std::size_t i = skipped; i < rows.size(); ++i) {
            const trace_step &taken = what.steps[rows[i].step];
            if (taken.teardown && !teardown)
                text += fmt::format("{:-^{}}\n", " teardown ", options.width - 1);
            teardown = taken.teardown;
            paint_row(rows[i], rows[i].step != step);
            step = rows[i].step;
        }
        paint_verdict();
        return std::move(text);
    }

private:
    static constexpr std::size_t absent = SIZE_MAX;

    std::string coloured(const char *code, const std::string &plain) const
    {
        return options.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, plain) : plain;
    }

    // The lanes' guides, with `content` from the start of its lane on.
    std::string lay_out(std::size_t lane, const std::string &content, const char *code) const
    {
        std::size_t start = lane * stride;
        std::string shown = shortened(content, area > start ? area - start : 0);
        std::string line(area, ' ');
        for (std::size_t i = 0; i < lanes.size() && i * stride < area; ++i)
            line[i * stride] = '.';
        std::string before = line.substr(0, std::min(start, area));
        std::string after = line.substr(std::min(start + shown.size(), area));
        if (!after.empty())
            after[0] = ' ';
        return before + coloured(code, shown) + after;
    }

    void add_line(const std::string &number, const std::string &body, const std::string &place)
    {
        std::string line = fmt::format("{:>{}} {} {}", number, step_width - 1, body, place);
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }

    // With its number where others are called the same, as in the message of a race.
    std::string title_of(unsigned task) const
    {
        const std::string &name = what.tasks[task];
        return std::ranges::count(what.tasks, name) == 1 ? name : fmt::format("{} (task {})", name, task);
    }

    // Names side by side if they fit, else each on a row of its own.
    void paint_header()
    {
        std::string together(area, ' ');
        bool fit = true;
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            std::string name = title_of(lanes[i]);
            bool last = i + 1 == lanes.size();
            fit = fit && (last ? i * stride + name.size() <= area : name.size() < stride);
            if (fit)
                together.replace(i * stride, name.size(), name);
        }
        if (fit) {
            add_line("step", coloured("1", together), coloured("1", "source line"));
            return;
        }
        for (std::size_t i = 0; i < lanes.size(); ++i)
            add_line(i + 1 == lanes.size() ? "step" : "", lay_out(i, title_of(lanes[i]), "1"), "");
    }

    void paint_row(const row &shown, bool first_of_step)
    {
        const trace_step &step = what.steps[shown.step];
        static constexpr std::array<const char *, 6> codes = {"36", "33", "32", "35", "34", "37"};
        std::size_t lane = lane_of[step.task];
        std::string body = lay_out(lane, wording_of(*shown.event), codes[lane % codes.size()]);
        std::string place = wording_of(shown.event->where);
        if (options.width >= 110 && !place.empty())
            place = shortened(fmt::format("{:<14} {}", place, shown.event->where.function), place_width);
        add_line(first_of_step ? std::to_string(shown.step) : "", body, coloured("2", place));
    }

    // The task that the verdict is about: of a hang the sleeper at its place, whose last event is that sleep; else, and
    // where that event is left out, whoever acted last.
    unsigned accused() const
    {
        std::array<bool, sim::tasks_max> acted_later = {};
        for (std::size_t i = rows.size(); what.verdict.kind == sim::verdict_kind::hung && i-- > skipped;) {
            unsigned task = what.steps[rows[i].step].task;
            const trace_event &event = *rows[i].event;
            if (!acted_later[task] && event.kind == sim::event_kind::sleep && event.where == what.verdict.location)
                return task;
            acted_later[task] = true;
        }
        return what.steps[rows.back().step].task;
    }

    void paint_verdict()
    {
        if (what.verdict.fingerprint == 0 || rows.empty())
            return;
        std::size_t lane = lane_of[accused()];
        std::string sentence = fmt::format("^ {}", what.verdict.invariant);
        add_line("", lay_out(lane, sentence, "1;31"), wording_of(what.verdict.location));
    }

    const trace &what;
    const columns_options &options;
    std::vector<row> rows;
    std::size_t skipped = 0;
    std::vector<unsigned> lanes; // tasks that act in the rows shown
    std::array<std::size_t, sim::tasks_max> lane_of = {};
    std::size_t area = 0;   // characters for the lanes
    std::size_t stride = 0; // from one lane to the next
    std::string text;
};

} // namespace

std::string columns_of(const trace &what, const columns_options &options)
{
    return painter(what, options).paint();
}

} // namespace interfuse
