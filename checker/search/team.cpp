// Sharing work by shared memory.
#include "checker/search/team.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <new>

#include <pthread.h>
#include <sys/mman.h>

#include "checker/search/packed.hpp"
#include "sim/fault.hpp"

namespace interfuse {

namespace {

// Read while it changes; each figure for itself is right. Nobody else writes to its line of the cache.
struct alignas(64) published_counts {
    std::atomic<std::uint64_t> states, transitions, revisits, depth, open;
};
constexpr unsigned members_max = 256;

} // namespace

struct team::shared {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned members;
    unsigned waiting;
    bool over; // all wait
    std::atomic<bool> begun;
    std::atomic<bool> halted;
    std::atomic<bool> wanted; // somebody waits, and no work is on its way
    alignas(64) std::atomic<std::uint64_t> states; // where they are bounded
    std::array<published_counts, members_max> so_far;
    std::size_t offered_bytes; // 0: nothing is on its way
    std::array<std::byte, 1 << 20> offered;
};

namespace {

// A process that ended while it held the lock leaves the search to whoever sees that.
void recover(pthread_mutex_t &lock, int result)
{
    if (result == EOWNERDEAD)
        pthread_mutex_consistent(&lock);
}

class held {
public:
    explicit held(pthread_mutex_t &lock) : lock(lock) { recover(lock, pthread_mutex_lock(&lock)); }
    ~held() { pthread_mutex_unlock(&lock); }
    held(const held &) = delete;
    held &operator=(const held &) = delete;

private:
    pthread_mutex_t &lock;
};

void put(packer &into, const search_frame &f)
{
    into.put(f.awake);
    into.put(f.left_out);
    into.put(f.tried);
    into.put(f.stirred);
    into.put(f.passed);
    into.put(f.run_of_passed);
    into.put(f.taken);
    into.put(f.next);
    into.put(f.more_variants);
    into.put(f.ends_run);
    into.put(f.asleep);
    into.put(f.done);
    for (std::uint32_t rest = f.noted(); rest != 0; rest &= rest - 1) {
        into.put(f.words[static_cast<unsigned>(std::countr_zero(rest))].read);
        into.put(f.words[static_cast<unsigned>(std::countr_zero(rest))].changed);
    }
}

void take(unpacker &from, search_frame &f)
{
    from.take(f.awake);
    from.take(f.left_out);
    from.take(f.tried);
    from.take(f.stirred);
    from.take(f.passed);
    from.take(f.run_of_passed);
    from.take(f.taken);
    from.take(f.next);
    from.take(f.more_variants);
    from.take(f.ends_run);
    from.take(f.asleep);
    from.take(f.done);
    for (std::uint32_t rest = f.noted(); rest != 0; rest &= rest - 1) {
        from.take(f.words[static_cast<unsigned>(std::countr_zero(rest))].read);
        from.take(f.words[static_cast<unsigned>(std::countr_zero(rest))].changed);
    }
    f.closed = false;
}

} // namespace

team::team(unsigned members)
{
    void *memory = mmap(nullptr, sizeof(shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sim::require(memory != MAP_FAILED, "no memory for the processes of the search to share");
    all = new (memory) shared{};
    sim::require(members <= members_max, "a search has more processes than it keeps count of");
    all->members = members;
    pthread_mutexattr_t of_lock;
    pthread_mutexattr_init(&of_lock);
    pthread_mutexattr_setpshared(&of_lock, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&of_lock, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&all->lock, &of_lock);
    pthread_condattr_t of_change;
    pthread_condattr_init(&of_change);
    pthread_condattr_setpshared(&of_change, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&all->changed, &of_change);
}

team::~team()
{
    munmap(all, sizeof(shared));
}

bool team::begins()
{
    return !all->begun.exchange(true);
}

bool team::somebody_waits() const
{
    return all->wanted.load(std::memory_order_relaxed);
}

bool team::offer(const handed_over &work)
{
    packer packed;
    packed.put(work.path);
    put(packed, work.from);
    if (packed.bytes.size() > all->offered.size())
        return false;
    held until_offered(all->lock);
    if (!all->wanted)
        return false;
    std::memcpy(all->offered.data(), packed.bytes.data(), packed.bytes.size());
    all->offered_bytes = packed.bytes.size();
    all->wanted = false;
    pthread_cond_signal(&all->changed);
    return true;
}

bool team::wait_for_work(handed_over &work)
{
    held until_taken(all->lock);
    ++all->waiting;
    if (all->waiting == all->members && all->offered_bytes == 0) {
        all->over = true;
        pthread_cond_broadcast(&all->changed);
    }
    if (all->offered_bytes == 0)
        all->wanted = true;
    while (all->offered_bytes == 0 && !all->over && !all->halted)
        recover(all->lock, pthread_cond_wait(&all->changed, &all->lock));
    if (all->over || all->halted)
        return false;
    unpacker packed(all->offered.data(), all->offered_bytes);
    packed.take(work.path);
    take(packed, work.from);
    all->offered_bytes = 0;
    --all->waiting;
    all->wanted = all->waiting > 0;
    return true;
}

void team::halt()
{
    held until_told(all->lock);
    all->halted = true;
    pthread_cond_broadcast(&all->changed);
}

bool team::halted() const
{
    return all->halted.load(std::memory_order_relaxed);
}

std::uint64_t team::count_state()
{
    return all->states.fetch_add(1, std::memory_order_relaxed);
}

void team::publish(unsigned member, const search_counts &so_far)
{
    published_counts &own = all->so_far[member];
    own.states = so_far.states;
    own.transitions = so_far.transitions;
    own.revisits = so_far.revisits;
    own.depth = so_far.depth;
    own.open = so_far.open;
}

search_counts team::published() const
{
    search_counts sums;
    for (unsigned i = 0; i < all->members; ++i) {
        const published_counts &each = all->so_far[i];
        sums.states += each.states;
        sums.transitions += each.transitions;
        sums.revisits += each.revisits;
        sums.depth = std::max<std::size_t>(sums.depth, each.depth);
        sums.open += each.open;
    }
    return sums;
}

} // namespace interfuse
