// The list of verbs.
#include "checker/command.hpp"

#include <array>

namespace interfuse {

std::span<const verb> all_verbs()
{
    static constexpr std::array<verb, 9> verbs = {{
        {"explore", "[SCENARIO...]", "sample schedules and check each run", run_explore},
        {"verify", "[SCENARIO...]", "see every state of scenarios, not a sample", run_verify},
        {"replay", "TRACE", "run a recorded run again, compared step by step", run_replay},
        {"show", "TRACE", "print a trace in columns, one for each task", run_show},
        {"coverage", "[SCENARIO...]", "tell what scenarios reach of core/, and what none does", run_coverage},
        {"mutants", "[NAME...]", "find each mutant in the scenario that shows it", run_mutants},
        {"selfcheck", "", "tell which planted bugs only one check finds, and that each check has one", run_selfcheck},
        {"list", "[WHAT]", "list scenarios, cores, invariants, strategies, watchers, lockless fields", run_list},
        {"schema", "WHAT", "print the JSON Schema of what is written", run_schema},
    }};
    return verbs;
}

} // namespace interfuse
