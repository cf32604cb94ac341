// Readers and writers, and the replies between them.
#include "scenarios/split_daemon.hpp"

#include <array>

#include <fmt/format.h>

#include "scenarios/worker.hpp"
#include "sim/kernel/wait.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

enum class slot_state : std::uint8_t { free, filled_in, ready, sending };

// Lies in the daemon's memory. Its users sleep and wake each other as with futexes.
struct reply_queue {
    static constexpr unsigned slots_max = 3;
    std::array<reply_place *, slots_max> places;
    std::array<std::size_t, slots_max> bytes;
    std::array<slot_state, slots_max> states;
    unsigned readers, writers; // that are still at work
    kernel::wait_queue_head_t changed;
    reply_queue *earlier; // that of a daemon started before; null for the first
};

const sim::per_world<reply_queue *> last_queue;

// The first slot in a state, slots_max if there is none.
unsigned find(const reply_queue &queue, slot_state state)
{
    unsigned slot = 0;
    while (slot < queue.slots_max && queue.states[slot] != state)
        ++slot;
    return slot;
}

void set(reply_queue &queue, unsigned slot, slot_state state)
{
    queue.states[slot] = state;
    kernel::in_syscall("futex wake", [&]() -> long {
        kernel::wake_up_all(&queue.changed);
        return 0;
    });
}

// Takes a slot that is in one state into another; slots_max when none of the others is left to bring one there.
unsigned take(reply_queue &queue, slot_state from, slot_state to, const unsigned &others)
{
    for (;;) {
        unsigned slot = find(queue, from);
        if (slot < queue.slots_max) {
            queue.states[slot] = to;
            return slot;
        }
        if (others == 0 || kernel::killed())
            return queue.slots_max;
        kernel::in_syscall("futex wait", [&]() -> long {
            return kernel::wait_event_interruptible(
                queue.changed, [&] { return find(queue, from) < queue.slots_max || others == 0; });
        });
    }
}

// A killed task does nothing more; its colleagues are killed with it.
void leave(reply_queue &queue, unsigned &number)
{
    if (kernel::killed())
        return;
    --number;
    kernel::in_syscall("futex wake", [&]() -> long {
        kernel::wake_up_all(&queue.changed);
        return 0;
    });
}

[[gnu::noinline]] bool read_one(const worker &w, reply_queue &queue)
{
    long got = next_request(w);
    if (got <= 0)
        return false;
    unsigned slot = take(queue, slot_state::free, slot_state::filled_in, queue.writers);
    if (slot == queue.slots_max)
        return false;
    worker filling = w;
    filling.options.reply = queue.places[slot];
    std::size_t bytes = handle(filling, static_cast<std::size_t>(got));
    forget_request(w, static_cast<std::size_t>(got));
    queue.bytes[slot] = bytes;
    if (bytes == 0)
        forget_reply(filling, 0);
    set(queue, slot, bytes > 0 ? slot_state::ready : slot_state::free);
    return true;
}

[[gnu::noinline]] bool write_one(const worker &w, reply_queue &queue)
{
    rest_on(w.m.fc);
    unsigned slot = take(queue, slot_state::ready, slot_state::sending, queue.readers);
    rest_on(nullptr);
    if (slot == queue.slots_max)
        return false;
    worker sending = w;
    sending.options.reply = queue.places[slot];
    if (!answer(sending, queue.bytes[slot]) || kernel::killed())
        return false;
    forget_reply(sending, queue.bytes[slot]);
    queue.bytes[slot] = 0;
    set(queue, slot, slot_state::free);
    return true;
}

void read_for(const worker &w, reply_queue &queue)
{
    if (read_one(w, queue))
        while (read_one(w, queue))
            continue;
    leave(queue, queue.readers);
}

void write_for(const worker &w, reply_queue &queue)
{
    if (write_one(w, queue))
        while (write_one(w, queue))
            continue;
    leave(queue, queue.writers);
}

reply_queue *make_queue(const mount &m, const worker_options &options, unsigned readers)
{
    auto queue = static_cast<reply_queue *>(sim::allocate(sizeof(reply_queue)));
    kernel::init_waitqueue_head(&queue->changed);
    queue->readers = queue->writers = readers;
    for (reply_place *&place : queue->places)
        place = map_reply(m, options);
    queue->earlier = last_queue;
    last_queue = queue;
    return queue;
}

unsigned number_of(const reply_queue &queue)
{
    return queue.earlier == nullptr ? 1 : number_of(*queue.earlier) + 1;
}

} // namespace

std::string name_of_reply_queue(const void *address)
{
    for (const reply_queue *queue = last_queue; queue != nullptr; queue = queue->earlier)
        if (address >= queue && address < queue + 1)
            return fmt::format("reply queue {}", number_of(*queue));
    return "";
}

void start_split_daemon(const mount &m, unsigned readers, crew &daemon, worker_options options)
{
    reply_queue *queue = make_queue(m, options, readers);
    options.reply = queue->places[0];
    auto start = [&](const char *name, const worker &w, void (*life)(const worker &, reply_queue &)) {
        task_struct *task = spawn(name, m.daemon, [w, queue, life] { life(w, *queue); });
        kill_at_teardown(task);
        daemon.add(task);
    };
    for (unsigned i = 0; i < readers; ++i) {
        start("reader", make_worker(m, options), read_for);
        start("writer", {m, options, 0, 0}, write_for);
    }
}

} // namespace interfuse
