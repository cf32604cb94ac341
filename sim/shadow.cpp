// Marking memory, and what an access to marked memory means.
#include "sim/shadow.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "sim/shadow_footprint.hpp"

namespace sim {

constinit memory_watch the_memory_watch;

namespace {

bool (*rest_judge)(const void *address) = nullptr;

// A load of bytes that were never written. Compilers load a word to store some of its bits, which uses nothing: the
// next access tells.
struct suspect {
    const void *address;
    verdict found;
};
std::optional<suspect> suspected;

// Changes the marks of a range: change(word, bits) is the new word of the shadow, of which the bits of some bytes are meant.
template <typename Change> void mark(const void *start, std::size_t bytes, Change change)
{
    std::size_t offset = reinterpret_cast<std::uintptr_t>(start) - arena_base;
    if (!is_shadowed() || offset >= heap_bytes)
        return;
    std::size_t end = std::min(offset + bytes, heap_bytes);
    auto part = [&](std::size_t count) {
        shadow_word &word = shadow_at(offset);
        word = static_cast<shadow_word>(change(word, ((1U << count) - 1) << (offset & 7)));
        offset += count;
    };
    if ((offset & 7) != 0 && offset < end)
        part(std::min(8 - (offset & 7), end - offset));
    // All bytes of a word are marked alike, whatever they were.
    std::size_t whole = (end - offset) / 8;
    std::fill_n(&shadow_at(offset), whole, static_cast<shadow_word>(change(0U, 0xffU)));
    offset += whole * 8;
    if (offset < end)
        part(end - offset);
}

std::string bytes_text(std::size_t bytes)
{
    return bytes == 1 ? "1 byte" : fmt::format("{} bytes", bytes);
}

verdict verdict_at(const memory_flaw &flaw, std::string message, const void *pc, place where)
{
    std::vector<place> places = places_in_program(pc == nullptr ? nullptr : static_cast<const std::byte *>(pc) - 1);
    if (where.line() == 0 && !places.empty()) {
        where = places.front();
        places.erase(places.begin());
    }
    return {verdict_kind::violation, flaw.rule, std::move(message), where,
            places.empty() ? "" : places.front().function()};
}

verdict verdict_of(const access &touched, const memory_flaw &flaw, const place &where = {})
{
    const char *verb = touched.write ? "writes" : "reads";
    return verdict_at(flaw, fmt::format("{} {} {} of {}", the_world().tasks[current_task()].name, verb,
                                        bytes_text(touched.bytes), flaw.what), touched.pc, where);
}

struct marks {
    const std::byte *closed = nullptr; // the first such byte
    const std::byte *unwritten = nullptr;
};

marks find_marks(const access &touched)
{
    marks found;
    std::size_t offset = reinterpret_cast<std::uintptr_t>(touched.address) - arena_base;
    if (offset >= the_world().heap_used && offset < heap_bytes) {
        found.closed = static_cast<const std::byte *>(touched.address);
        return found;
    }
    for (std::size_t end = std::min(offset + touched.bytes, heap_bytes); offset < end;) {
        std::size_t low = offset & 7, count = std::min(8 - low, end - offset);
        unsigned bits = ((1U << count) - 1) << low, word = shadow_at(offset);
        auto byte_of = [&](unsigned marked) {
            return reinterpret_cast<const std::byte *>(arena_base + offset - low) + std::countr_zero(marked);
        };
        if ((word >> 8 & bits) != 0) {
            found.closed = byte_of(word >> 8 & bits);
            return found;
        }
        if ((word & bits) != 0 && found.unwritten == nullptr)
            found.unwritten = byte_of(word & bits);
        offset += count;
    }
    return found;
}

void judge_closed(const access &touched, const std::byte *closed, const place &where)
{
    if ((the_run.watching & watch_memory) == 0 || the_run.now == phase::host)
        return;
    std::optional<memory_flaw> flaw = find_memory_flaw(touched, closed);
    if (flaw && !is_ignored(flaw->rule))
        report(verdict_of(touched, *flaw, where));
}

// Compilers join two pointers into one access of sixteen bytes.
void note_pointers(const access &touched)
{
    auto word = static_cast<const std::uintptr_t *>(touched.address);
    bool aligned = reinterpret_cast<std::uintptr_t>(word) % 8 == 0;
    if (!aligned || (touched.bytes != 8 && touched.bytes != 16))
        return;
    pointer_touched({word, 8, touched.write, touched.pc});
    if (touched.bytes == 16 && touched.write)
        the_pending_stores.words[1] = word + 1;
    else if (touched.bytes == 16)
        pointer_touched({word + 1, 8, false, touched.pc});
}

} // namespace

void mark_new(const void *start, std::size_t bytes)
{
    mark(start, bytes, [](unsigned word, unsigned bits) { return (word | bits) & ~(bits << 8); });
}

void mark_closed(const void *start, std::size_t bytes)
{
    mark(start, bytes, [](unsigned word, unsigned bits) { return word | bits | bits << 8; });
}

void mark_written(const void *start, std::size_t bytes)
{
    mark(start, bytes, [](unsigned word, unsigned bits) { return word & ~(bits | bits << 8); });
}

void mark_allocation(std::size_t heap_offset, std::size_t bytes)
{
    auto *start = reinterpret_cast<const std::byte *>(arena_base + heap_offset);
    auto *used = reinterpret_cast<const std::byte *>(arena_base + the_world().heap_used);
    mark_closed(used, static_cast<std::size_t>(start - used));
    mark_written(start, bytes);
    mark_closed(start + bytes, (8 - (heap_offset + bytes) % 8) % 8);
}

void mark_resting(const void *object, std::size_t bytes, const void *links, std::size_t links_bytes)
{
    mark_closed(object, bytes);
    mark_written(links, links_bytes);
}

void install_rest_judge(bool (*still_rests)(const void *address))
{
    rest_judge = still_rests;
}

bool is_still_resting(const void *address)
{
    return rest_judge != nullptr && rest_judge(address);
}

void report_access(const access &touched, const memory_flaw &flaw)
{
    if (!is_ignored(flaw.rule))
        report(verdict_of(touched, flaw));
}

void settle_suspect(const access *next)
{
    suspect was = std::move(*suspected);
    suspected.reset();
    the_memory_watch.suspects = false;
    bool stores_bits = next != nullptr && next->write && next->address == was.address;
    if (!stores_bits)
        report(std::move(was.found));
}

void memory_touched_slowly(const access &touched)
{
    if (!is_shadowed() || the_run.now == phase::host || the_run.in_listener)
        return;
    marks found = find_marks(touched);
    if (found.closed != nullptr) {
        if (std::optional<memory_flaw> flaw = find_memory_flaw(touched, found.closed))
            report_access(touched, *flaw);
    } else if (touched.write) {
        mark_written(touched.address, touched.bytes);
    } else if (found.unwritten != nullptr && !is_ignored("unwritten_memory")) {
        memory_flaw flaw = {"unwritten_memory", name_of_byte(found.unwritten) + " that nobody has written yet"};
        suspected = {touched.address, verdict_of(touched, flaw)};
        the_memory_watch.suspects = true;
    }
    note_pointers(touched);
}

void judge_unwritten(const access &touched, const place &where)
{
    if ((the_run.watching & watch_memory) == 0 || the_run.now == phase::host)
        return;
    if ((the_run.watching & watch_footprint) != 0)
        note_marks_of(touched.address, touched.bytes);
    marks found = find_marks(touched);
    if (found.closed != nullptr || found.unwritten == nullptr || is_ignored("unwritten_memory"))
        return;
    report(verdict_of(touched, {"unwritten_memory", name_of_byte(found.unwritten) + " that nobody has written yet"}, where));
}

void closed_object_touched(const event &what)
{
    if (!is_shadowed() || the_run.now == phase::host)
        return;
    access touched = {what.object, 1, false, what.pc};
    std::optional<memory_flaw> flaw = find_memory_flaw(touched, static_cast<const std::byte *>(what.object));
    if (!flaw || is_ignored(flaw->rule))
        return;
    std::string message =
        fmt::format("{} does {} on {}", the_world().tasks[current_task()].name, name_of(what.kind), flaw->what);
    report(verdict_at(*flaw, std::move(message), what.pc, what.where));
}

void mark_stored(const void *start, std::size_t bytes, const place &where)
{
    access stored = {start, bytes, true, nullptr};
    const std::byte *closed = find_marks(stored).closed;
    if (closed != nullptr && is_in_page(closed))
        return; // whose marks are those of mappings
    if (closed != nullptr)
        judge_closed(stored, closed, where);
    mark_written(start, bytes);
}

void closed_bytes_touched(const access &touched, const place &where)
{
    const std::byte *closed = is_shadowed() ? find_marks(touched).closed : nullptr;
    if (closed != nullptr && !is_in_page(closed))
        judge_closed(touched, closed, where);
}

} // namespace sim
