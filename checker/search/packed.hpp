// Values as bytes, from one process of a search to another.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "checker/search/search_frame.hpp"
#include "sim/fault.hpp"

namespace interfuse {

class packer {
public:
    template <typename T> void put(const T &value)
    {
        static_assert(std::is_trivially_copyable_v<T>);
        auto from = reinterpret_cast<const std::byte *>(&value);
        bytes.insert(bytes.end(), from, from + sizeof value);
    }
    template <typename T> void put(const std::vector<T> &values)
    {
        put(values.size());
        for (const T &each : values)
            put(each);
    }
    void put(const std::string &text) { put(std::vector<char>(text.begin(), text.end())); }
    void put(const search_step &step)
    {
        put(step.task);
        put(step.answers);
    }

    std::vector<std::byte> bytes;
};

// REQUIRES: what is taken was put, in the same order.
class unpacker {
public:
    unpacker(const std::byte *from, std::size_t bytes) : at(from), end(from + bytes) {}

    template <typename T> void take(T &value)
    {
        static_assert(std::is_trivially_copyable_v<T>);
        sim::require(static_cast<std::size_t>(end - at) >= sizeof value, "another process of the search has said too little");
        std::memcpy(&value, at, sizeof value);
        at += sizeof value;
    }
    template <typename T> void take(std::vector<T> &values)
    {
        std::size_t count = 0;
        take(count);
        values.clear();
        for (std::size_t i = 0; i < count; ++i)
            take(values.emplace_back());
    }
    void take(std::string &text)
    {
        std::vector<char> letters;
        take(letters);
        text.assign(letters.begin(), letters.end());
    }
    void take(search_step &step)
    {
        take(step.task);
        take(step.answers);
    }

private:
    const std::byte *at;
    const std::byte *end;
};

} // namespace interfuse
