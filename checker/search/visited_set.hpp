// The states that a search has seen, by their hashes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace interfuse {

// An open-addressing table of 64-bit keys with linear probing, which grows by a quarter when four fifths are in use: ten to
// thirteen bytes a state.
class visited_set {
public:
    enum class answer : std::uint8_t { fresh, seen, full };

    // Never uses more bytes than that, while it grows neither.
    explicit visited_set(std::size_t bytes_max);
    ~visited_set();
    visited_set(const visited_set &) = delete;
    visited_set &operator=(const visited_set &) = delete;

    // Full: the key is not in the set, and there is no room for it.
    answer add(std::uint64_t key);
    std::uint64_t size() const { return used; }
    std::size_t bytes() const { return capacity * sizeof(std::uint64_t); }

private:
    std::uint64_t *slot_of(std::uint64_t key) const;
    bool grow();

    std::size_t bytes_max;
    std::uint64_t *slots = nullptr; // 0: free
    std::uint64_t capacity = 0;
    std::uint64_t used = 0;
};

} // namespace interfuse
