// The states that a search has seen, by their hashes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "checker/search/state_key.hpp"

namespace interfuse {

// An open-addressing table of keys, which grows in place by a quarter when six sevenths are in use. With each key lies a
// set of tasks that are asleep there; a cache line holds six of both, and the next one those that find no room in it.
// Twelve and a half to sixteen bytes a state, nine to eleven more where keys have 128 bits. One with several parts may be
// used by several processes at once that were forked after it was made.
class visited_set {
public:
    enum class answer : std::uint8_t { fresh, seen, full };
    using sleepers = std::uint16_t; // a bit for each of the first tasks

    struct added {
        answer what;
        sleepers before; // of a key that was seen: who slept there
    };

    // Never uses more bytes than that, but 18 thousand for each part in any case, and twice that for wide keys.
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
    // Keys that have the same upper bits. Behind its blocks lie some more for the keys that collide at the end.
    struct alignas(64) part {
        std::atomic<bool> taken;
        std::uint64_t capacity; // blocks
        std::uint64_t used;     // slots
        std::byte *blocks;
    };

    // A slot, by its block and its place there.
    struct location {
        std::uint64_t block;
        unsigned slot;
    };

    unsigned index_of_part(const state_key &key) const;
    std::byte *blocks_of_part(unsigned index) const;
    std::uint64_t home(const state_key &key, std::uint64_t capacity) const;
    std::byte *block_at(const part &in, std::uint64_t block) const { return in.blocks + block * bytes_of_block(); }
    state_key key_at(const part &in, location at) const;
    sleepers asleep_at(const part &in, location at) const;
    void put(const part &into, location at, const state_key &key) const;
    void put_asleep(const part &into, location at, sleepers asleep) const;
    bool is_full(const part &in, std::uint64_t block) const;
    location find(const part &in, std::uint64_t from, const state_key &key) const;
    added add_to(part &into, const state_key &key, sleepers asleep) const;
    bool grow(part &which) const;
    void ask_for_huge_pages(const part &of, std::uint64_t capacity_before) const;
    unsigned slots_of_block() const { return words_of_key == 1 ? 6 : 7; }
    std::size_t bytes_of_block() const { return 64 * words_of_key; }

    std::byte *memory = nullptr;
    std::size_t mapped_bytes = 0;
    std::size_t bytes_of_part = 0;  // that are mapped
    std::uint64_t capacity_max = 0; // of a part, in blocks
    unsigned count = 1;
    unsigned words_of_key;
    part *parts = nullptr;
    // By part, as this process has seen it last: the part itself may be in the cache of another processor.
    std::vector<std::uint64_t> capacity_seen;
};

} // namespace interfuse
