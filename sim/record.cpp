// The record of a run: what was chosen and which kinds of events happened.
#include <xxhash.h>

#include "sim/run.hpp"

namespace sim {

void record_overflow()
{
    report({verdict_kind::step_limit, "", "the run was cut: its record of choices and events is full", {}});
}

std::vector<choice> recorded_choices()
{
    std::vector<choice> choices;
    for (const std::byte *at = the_run.record.get(); at < the_run.record_end; ++at) {
        auto tag = static_cast<unsigned>(*at);
        if (tag < 0x80)
            continue;
        choices.push_back({static_cast<choice_kind>(tag & 0x7f), static_cast<std::uint8_t>(at[1]),
                           static_cast<std::uint8_t>(at[2])});
        at += 2;
    }
    return choices;
}

std::uint64_t record_hash(std::uint64_t seed)
{
    // A seed makes the hash of a long input dearer than that of a short one: it is mixed in behind.
    const std::byte *start = the_run.record.get();
    std::uint64_t hash = XXH3_64bits(start, static_cast<std::size_t>(the_run.record_end - start));
    return XXH3_64bits_withSeed(&hash, sizeof hash, seed);
}

} // namespace sim
