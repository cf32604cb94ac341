// Recording footprints.
#include "sim/footprint.hpp"

#include <cstring>

#include <sys/mman.h>

#include "sim/fault.hpp"
#include "sim/run.hpp"
#include "sim/world.hpp"

namespace sim {

constinit step_footprint the_footprint;
bool fakes_are_watched = false;

namespace {

constexpr std::size_t header_bytes = offsetof(world, tasks);

template <typename T> T *reserve(std::size_t count)
{
    void *got = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    require(got != MAP_FAILED, "there is no memory for the tables of the search");
    return static_cast<T *>(got);
}

void note_word(word_index word, bool write)
{
    step_footprint &now = the_footprint;
    std::uint8_t &mark = now.marks[word];
    if ((mark & counted_mark) != 0) {
        mark = 3;
    } else if (write && (mark & 2) == 0) {
        now.stored[now.stores++] = {word, now.loads, word_at(word)};
        mark |= 3;
    } else if (!write && (mark & 1) == 0) {
        now.loaded[now.loads++] = word;
        mark |= 1;
    }
}

void pass_over(word_index word)
{
    if (the_footprint.marks[word] != 0)
        return;
    the_footprint.marks[word] = 3;
    the_footprint.passed[the_footprint.passed_over++] = word;
}

void take_marks_off()
{
    step_footprint &now = the_footprint;
    for (std::uint32_t i = 0; i < now.loads; ++i)
        now.marks[now.loaded[i]] = 0;
    for (std::uint32_t i = 0; i < now.stores; ++i)
        now.marks[now.stored[i].word] = 0;
    for (std::uint32_t i = 0; i < now.passed_over; ++i)
        now.marks[now.passed[i]] = 0;
    now.loads = now.stores = now.passed_over = 0;
}

void note_foreign(word_index word)
{
    step_footprint &now = the_footprint;
    std::uint64_t bit = std::uint64_t{1} << word % 64;
    if (((now.foreign_stack[word / 64] | now.shared_stack[word / 64]) & bit) != 0)
        return;
    now.foreign_stack[word / 64] |= bit;
    now.foreign[now.foreign_words++] = word;
}

void make_tables()
{
    step_footprint &now = the_footprint;
    now.marks = reserve<std::uint8_t>(words_of_arena);
    now.shared_stack = reserve<std::uint64_t>(words_of_arena / 64 + 1);
    now.foreign_stack = reserve<std::uint64_t>(words_of_arena / 64 + 1);
    now.foreign = reserve<word_index>(words_of_arena);
    now.loaded = reserve<word_index>(words_of_arena);
    now.stored = reserve<word_change>(words_of_arena);
    now.passed = reserve<word_index>(words_of_arena);
}

} // namespace

void forget_footprints()
{
    step_footprint &now = the_footprint;
    if (now.marks == nullptr)
        make_tables();
    take_marks_off();
    for (std::uint64_t *bits : {now.shared_stack, now.foreign_stack})
        std::memset(bits, 0, words_of_arena / 8);
    now.shared_words = 0;
    now.foreign_words = 0;
}

void begin_footprint(unsigned task)
{
    step_footprint &now = the_footprint;
    take_marks_off();
    now.own_stack = reinterpret_cast<std::uintptr_t>(stack_low(task)) - stack_guard;
    now.deepest = reinterpret_cast<std::uintptr_t>(stack_top(task));
    now.recording = true;
}

void share_stack_word(word_index word)
{
    step_footprint &now = the_footprint;
    if (is_shared(word))
        return;
    now.shared_stack[word / 64] |= std::uint64_t{1} << word % 64;
    ++now.shared_words;
}

int add_to_count(int *count, int more)
{
    int sum = *count + more;
    if (the_footprint.recording) {
        the_run.core_wrote = true;
        std::uint8_t &mark = the_footprint.marks[word_of(count)];
        bool is_first = mark == 0;
        if (mark != counted_mark || sum <= 0)
            note_touched(count, sizeof *count, true);
        if (is_first && *count > 0 && sum > 0)
            mark = counted_mark;
    }
    return *count = sum;
}

void note_touched_slowly(const void *address, std::size_t bytes, bool write)
{
    std::uintptr_t start = reinterpret_cast<std::uintptr_t>(address);
    if (bytes == 0)
        return;
    bool own = start - the_footprint.own_stack < stack_stride;
    word_index last = word_of(static_cast<const std::byte *>(address) + bytes - 1);
    for (word_index word = word_of(address); word <= last; ++word) {
        bool in_header = word < header_bytes / 8 && word != offsetof(world, heap_used) / 8;
        if (in_header || (own && !is_shared(word))) {
            pass_over(word);
            continue;
        }
        if (!own && word >= first_stack_word && word < first_shadow_word)
            note_foreign(word);
        note_word(word, write);
    }
}

} // namespace sim
