// What a search finds on its way.
#include <algorithm>
#include <bit>

#include "checker/search/depth_first.hpp"
#include "checker/search/end.hpp"
#include "sim/run.hpp"

namespace interfuse {

void depth_first::judge_end()
{
    ++counts.ends;
    sim::verdict found = verdict_of_end(on, way);
    if (found.kind == sim::verdict_kind::stalled)
        ++counts.stalled;
    if (found.is_finding())
        note(found);
}

void depth_first::note(const sim::verdict &found)
{
    if (!found.is_finding()) {
        bound = found.message;
        return;
    }
    count_finding(found.message, fingerprint_of(found), {});
    if (bounds.first)
        bound = bound_by_finding;
}

void depth_first::look_for_races()
{
    for (const racing_steps &each : races->find()) {
        count_finding(each.message, each.fingerprint, each.steps).kind = finding_kind::race;
    }
    counts.race_steps = races->steps();
}

// All steps from the last state on the path have been taken.
void depth_first::leave()
{
    std::optional<fair_circle> round = circles ? circles->leave() : std::nullopt;
    if (circles)
        counts.components = circles->components();
    --depth;
    if (!round)
        return;
    state_finding &found = count_finding("a circle of states", round->key, round->steps);
    found.kind = finding_kind::circle;
    if (found.count == 1)
        found.round = round->steps.size();
}

// It shows at the end of the path, after more steps.
state_finding &depth_first::count_finding(const std::string &message, std::uint64_t fingerprint,
                                          const std::vector<search_step> &more)
{
    auto same = std::ranges::find(findings, fingerprint, &state_finding::fingerprint);
    if (same == findings.end())
        same = findings.insert(same, {message, fingerprint, 0, path_with(more), {}});
    ++same->count;
    // A path that is run may meet a race before. Of the many ways others are kept, the more rarely the more there are.
    bool is_wanted =
        same->count > 1 && std::has_single_bit(same->count) && same->others.size() < state_finding::others_max;
    if (bounds.races && is_wanted)
        same->others.push_back(path_with(more));
    return *same;
}

// The steps that have led to the last state on the path, and more.
std::vector<search_step> depth_first::path_with(const std::vector<search_step> &more) const
{
    std::vector<search_step> path;
    for (std::size_t i = 0; i < depth; ++i)
        path.push_back(frames[i].taken);
    path.insert(path.end(), more.begin(), more.end());
    return path;
}

} // namespace interfuse
