// Readers and writers, and the replies between them.
#include "scenarios/split_daemon.hpp"

#include <array>

#include <fmt/format.h>

#include "scenarios/worker.hpp"
#include "sim/kernel/wait.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

constexpr unsigned slots_max = 3;

// What one side has for the other: slots to fill in, or replies to send. Each value is a word of its own, so that what one side
// does with a slot and the other with another one have nothing to do with each other.
struct slot_supply {
    std::array<std::uint64_t, slots_max> there; // 1: for whoever takes it
    std::uint64_t suppliers;                    // that are still at work
    kernel::wait_queue_head_t changed;
};

// Lies in the daemon's memory. Its users sleep and wake each other as with futexes.
struct reply_queue {
    std::array<reply_place *, slots_max> places;
    std::array<std::size_t, slots_max> bytes;
    slot_supply free;  // by writers, for readers
    slot_supply ready; // by readers, for writers
    reply_queue *earlier; // that of a daemon started before; null for the first
};

const sim::per_world<reply_queue *> last_queue;

// The first slot that is there, slots_max if there is none.
unsigned find(const slot_supply &supply)
{
    unsigned slot = 0;
    while (slot < slots_max && supply.there[slot] == 0)
        ++slot;
    return slot;
}

void wake_takers(slot_supply &supply)
{
    kernel::in_syscall("futex wake", [&]() -> long {
        kernel::wake_up_all(&supply.changed);
        return 0;
    });
}

void give(slot_supply &supply, unsigned slot)
{
    supply.there[slot] = 1;
    wake_takers(supply);
}

// slots_max when nobody is left to supply one.
unsigned take(slot_supply &supply)
{
    for (;;) {
        unsigned slot = find(supply);
        if (slot < slots_max) {
            supply.there[slot] = 0;
            return slot;
        }
        if (supply.suppliers == 0 || kernel::killed())
            return slots_max;
        kernel::in_syscall("futex wait", [&]() -> long {
            return kernel::wait_event_interruptible(
                supply.changed, [&] { return find(supply) < slots_max || supply.suppliers == 0; });
        });
    }
}

// A killed task does nothing more; its colleagues are killed with it.
void leave(slot_supply &supply)
{
    if (kernel::killed())
        return;
    --supply.suppliers;
    wake_takers(supply);
}

[[gnu::noinline]] bool read_one(const worker &w, reply_queue &queue)
{
    long got = next_request(w);
    if (got <= 0)
        return false;
    unsigned slot = take(queue.free);
    if (slot == slots_max)
        return false;
    worker filling = w;
    filling.options.reply = queue.places[slot];
    std::size_t bytes = handle(filling, static_cast<std::size_t>(got));
    forget_request(w, static_cast<std::size_t>(got));
    queue.bytes[slot] = bytes;
    if (bytes == 0)
        forget_reply(filling, 0);
    give(bytes > 0 ? queue.ready : queue.free, slot);
    return true;
}

[[gnu::noinline]] bool write_one(const worker &w, reply_queue &queue)
{
    rest_on(w.m.fc);
    unsigned slot = take(queue.ready);
    rest_on(nullptr);
    if (slot == slots_max)
        return false;
    worker sending = w;
    sending.options.reply = queue.places[slot];
    if (!answer(sending, queue.bytes[slot]) || kernel::killed())
        return false;
    forget_reply(sending, queue.bytes[slot]);
    queue.bytes[slot] = 0;
    give(queue.free, slot);
    return true;
}

void read_for(const worker &w, reply_queue &queue)
{
    if (read_one(w, queue))
        while (read_one(w, queue))
            continue;
    leave(queue.ready);
}

void write_for(const worker &w, reply_queue &queue)
{
    if (write_one(w, queue))
        while (write_one(w, queue))
            continue;
    leave(queue.free);
}

reply_queue *make_queue(const mount &m, const worker_options &options, unsigned readers)
{
    auto queue = static_cast<reply_queue *>(sim::allocate(sizeof(reply_queue)));
    for (slot_supply *supply : {&queue->free, &queue->ready}) {
        kernel::init_waitqueue_head(&supply->changed);
        supply->suppliers = readers;
    }
    queue->free.there.fill(1);
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
