// JSON files from outside, read without trust.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace interfuse {

struct input_limits {
    std::size_t bytes;
    unsigned depth;
    std::size_t values; // numbers, strings, arrays...: all of them together
};

// Thrown inside the readers, which turn it into a value: one sentence for the user.
struct rejected_input {
    std::string sentence;
};

// The text of a file that is no longer than `bytes_max`, or throws.
std::string read_bounded(const std::string &path, std::size_t bytes_max);

// Parses after a pass that builds nothing has bounded depth and number of values and found no key twice, or throws.
nlohmann::json parse_bounded(const std::string &text, const std::string &name, const input_limits &limits);

// A value and the way to it, so that an error can name it. A field refers to its parent: it does not outlive it.
class field {
public:
    field(const nlohmann::json &value, const std::string &file) : value(value), file(file) {}

    // Throws unless this is an object with only these keys.
    void expect_keys(std::span<const std::string_view> allowed) const;
    field at(const char *key) const; // throws if it is missing
    bool has(const char *key) const;
    std::vector<std::string> keys(std::size_t most) const;
    field at(const std::string &key) const;

    std::size_t size(std::size_t least, std::size_t most) const; // of an array
    field element(std::size_t index) const;

    std::int64_t integer(std::int64_t least, std::int64_t most) const;
    bool boolean() const;
    bool is_string() const { return value.is_string(); }
    // Printable, so that it cannot drive a terminal.
    std::string text(std::size_t most) const;
    std::uint64_t decimal() const;                                     // a 64-bit number in a string
    std::int64_t signed_decimal() const;                               // the same with a sign
    std::uint64_t hex() const;                                         // 16 hexadecimal digits in a string
    std::size_t one_of(std::span<const std::string_view> names) const; // the index of the name

    [[noreturn]] void reject(std::string_view expected) const;

private:
    field(const nlohmann::json &value, const field &parent, const char *key, std::size_t index)
        : value(value), file(parent.file), parent(&parent), key(key), index(index)
    {
    }
    std::string path() const;

    const nlohmann::json &value;
    const std::string &file;
    const field *parent = nullptr;
    const char *key = nullptr; // null: an element of an array
    std::size_t index = 0;
};

} // namespace interfuse
