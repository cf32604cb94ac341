// The bounds of searches.
#include "checker/command_trial_options.hpp"

#include <algorithm>

#include <unistd.h>

namespace interfuse {

void add_trial_options(verb_line &app, search_limits &limits, std::uint64_t runs)
{
    constexpr unsigned jobs_max = 256;
    limits.runs = runs;
    limits.seconds = 60;
    limits.jobs = std::clamp(static_cast<unsigned>(sysconf(_SC_NPROCESSORS_ONLN)), 1U, jobs_max);
    with_environment(app.add_option("--runs", limits.runs, "Most runs of each search and scenario"))
        ->option_text("N")
        ->check(whole_number(1, std::uint64_t{1} << 40))
        ->capture_default_str();
    with_environment(app.add_option("--max-time", limits.seconds, "Most seconds of each search"))
        ->option_text("SECONDS")
        ->check(number_of_seconds())
        ->capture_default_str();
    with_environment(app.add_option("--seed", limits.seed, "A number that determines all runs"))
        ->option_text("N")
        ->check(unsigned_number())
        ->capture_default_str();
    with_environment(app.add_option("--jobs", limits.jobs, "Searches at a time; the result does not depend on it"))
        ->option_text("N")
        ->check(whole_number(1, jobs_max))
        ->capture_default_str();
}

} // namespace interfuse
