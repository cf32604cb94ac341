// The last writes, by field.
#include "checker/invariants/writers.hpp"

#include <array>

#include <fmt/format.h>

#include "sim/object_name.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

struct note {
    const void *field;
    std::uint8_t task;
    const char *function;
};

// A ring: of fields that were written longer ago nothing is said.
constexpr unsigned notes_max = 64;
std::array<note, notes_max> notes;
unsigned newest = 0;

} // namespace

void note_write(const void *field, const sim::event &what)
{
    newest = (newest + 1) % notes_max;
    notes[newest] = {field, static_cast<std::uint8_t>(sim::current_task()), what.where.function()};
}

std::string last_write(const void *field)
{
    for (unsigned back = 0; back < notes_max; ++back) {
        const note &n = notes[(newest + notes_max - back) % notes_max];
        if (n.field == field)
            return fmt::format("{} wrote {} in {}", sim::the_world().tasks[n.task].name, sim::name_of_object(field),
                               n.function);
    }
    return "";
}

} // namespace interfuse
