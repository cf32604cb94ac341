// What one step of a search does, as far as it decides whether it races with the step before or after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/footprint.hpp"
#include "sim/happens_before.hpp"
#include "sim/place.hpp"
#include "sim/race_report.hpp"
#include "sim/watch.hpp"

namespace sim {

// Bit of a watch_set, beside watch_footprint: the steps taken are listed.
inline constexpr watch_set watch_steps = 16;

// `at`: how many accesses of the step came before.
struct step_access {
    word_index word;
    std::uint32_t site; // as in access_scene
    std::uint32_t at;
    std::uint8_t bytes; // bit i: byte i of the word
    access_way way;
};
struct step_edge {
    const void *object;
    std::uint32_t at;
};
struct step_birth { // an object was allocated there
    word_index first, last;
    std::uint32_t at;
};

// Left out are words of the task's own stack that nobody else was ever seen to touch.
struct step_accesses {
    std::vector<step_access> accesses;
    std::vector<step_edge> acquired, released;
    std::vector<step_birth> born;
    const void *first_lock; // a spinlock that it takes before it does anything of the above; or null

    void clear();
    // By words, as find_step_race needs it.
    void sort();
};

// Whose step is in progress; null: nobody's.
extern step_accesses *listed_step;

inline bool steps_are_listed()
{
    return (the_run.watching & watch_steps) != 0 && listed_step != nullptr;
}

// REQUIRES: steps_are_listed().
void list_access(const access &touched, access_way way);
void list_free(const void *memory, std::size_t bytes, const place &where);
void list_birth(const void *memory, std::size_t bytes);
void list_acquired(const void *object);
void list_released(const void *object);
void list_spinlock(const void *object);

struct step_race {
    step_access first, second;
};
// Of a step and the one that another task takes directly after it, the first access that races with one of the step
// before, of which the first so many are looked at. Nothing lies between the steps, so only what the one released and
// the other has acquired orders the two. REQUIRES: both are sorted.
std::optional<step_race> find_step_race(const step_accesses &before, std::size_t accesses, const step_accesses &after,
                                        unsigned task_after);

// Whether one of the step's first accesses may race with something that comes after the lock which the next step takes
// first.
bool leaves_something(const step_accesses &before, std::size_t accesses, const void *first_lock);

} // namespace sim
