// The states that a search has seen, by their hashes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "checker/search/state_key.hpp"

namespace interfuse {

// An open-addressing table of keys with linear probing, which grows in place by a quarter when four fifths are in use.
// With each key lies a set of tasks that are asleep there: thirteen to sixteen bytes a state, eight to ten more where
// keys have 128 bits. One with several parts may be used by several processes at once that were forked after it was
// made.
class visited_set {
public:
    enum class answer : std::uint8_t { fresh, seen, full };
    using sleepers = std::uint16_t; // a bit for each of the first tasks

    struct added {
        answer what;
        sleepers before; // of a key that was seen: who slept there
    };

    // Never uses more bytes than that.
    explicit visited_set(std::size_t bytes_max, unsigned parts = 1, bool wide = false);
    ~visited_set();
    visited_set(const visited_set &) = delete;
    visited_set &operator=(const visited_set &) = delete;

    // Full: the key is not in the set, and there is no room for it. From then on those sleep there who did so far, if
    // it was seen, and do now.
    added add(state_key key, sleepers asleep = 0);
    // The key is going to be added, if need be: what that takes from memory is on its way meanwhile.
    void prefetch(state_key key) const;
    // May miss a key that another process adds or moves meanwhile.
    bool contains(state_key key) const;
    std::uint64_t size() const;
    std::size_t bytes() const;

private:
    // Keys that have the same upper bits. Behind its slots lie some more for the keys that collide at the end.
    struct alignas(64) part {
        std::atomic<bool> taken;
        std::uint64_t capacity;
        std::uint64_t used;
        std::uint64_t *slots; // of one or two words each; 0 in the first: free
        sleepers *asleep;     // by slot
    };

    part &part_of(const state_key &key) const;
    state_key key_at(const part &in, std::uint64_t slot) const;
    void put(const part &into, std::uint64_t slot, const state_key &key) const;
    std::uint64_t find(const part &in, const state_key &key) const;
    added add_to(part &into, const state_key &key, sleepers asleep) const;
    bool grow(part &which) const;
    std::size_t bytes_of_slot() const { return words_of_key * sizeof(std::uint64_t) + sizeof(sleepers); }

    std::size_t mapped_bytes = 0;
    std::uint64_t capacity_max = 0; // of a part
    unsigned count = 1;
    unsigned words_of_key;
    part *parts = nullptr;
};

} // namespace interfuse
