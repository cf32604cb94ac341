// JSON files from outside, read without trust.
#include "checker/trace/input.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace interfuse {

using nlohmann::json;

namespace {

std::string failure(const std::string &path)
{
    return fmt::format("{}: could not be read: {}", path, std::strerror(errno));
}

std::string read_open(int file, const std::string &path, std::size_t bytes_max)
{
    struct stat status = {};
    if (fstat(file, &status) != 0)
        throw rejected_input{failure(path)};
    if (!S_ISREG(status.st_mode))
        throw rejected_input{fmt::format("{}: a regular file was expected", path)};
    if (static_cast<std::size_t>(status.st_size) > bytes_max)
        throw rejected_input{
            fmt::format("{}: a file of at most {} bytes was expected, it has {}", path, bytes_max, status.st_size)};
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t have = 0;
    while (have < text.size()) {
        ssize_t got = read(file, text.data() + have, text.size() - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw rejected_input{failure(path)};
        if (got == 0)
            break;
        have += static_cast<std::size_t>(got);
    }
    text.resize(have);
    return text;
}

// Sees a document go by and stops it at its bounds.
struct bounds_checker : nlohmann::json_sax<json> {
    bounds_checker(const std::string &name, const input_limits &limits) : name(name), limits(limits) {}

    bool stop(std::string sentence)
    {
        error = fmt::format("{}: {}", name, sentence);
        return false;
    }
    bool count()
    {
        return ++values <= limits.values ||
               stop(fmt::format("at most {} JSON values were expected, there are more", limits.values));
    }
    bool open()
    {
        if (open_keys.size() >= limits.depth)
            return stop(fmt::format("JSON nested at most {} levels deep was expected, it goes deeper", limits.depth));
        open_keys.emplace_back();
        return count();
    }
    bool close()
    {
        open_keys.pop_back();
        return true;
    }

    bool null() override { return count(); }
    bool boolean(bool) override { return count(); }
    bool number_integer(std::int64_t) override { return count(); }
    bool number_unsigned(std::uint64_t) override { return count(); }
    bool number_float(double, const std::string &) override { return count(); }
    bool string(std::string &) override { return count(); }
    bool binary(json::binary_t &) override { return count(); }
    bool start_object(std::size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(); }
    bool end_array() override { return close(); }
    bool key(std::string &text) override
    {
        std::vector<std::string> &present = open_keys.back();
        if (std::find(present.begin(), present.end(), text) != present.end())
            return stop(
                fmt::format("each field once was expected, \"{}\" occurs twice in one object", text.substr(0, 40)));
        if (present.size() >= keys_max)
            return stop(fmt::format("objects with at most {} fields were expected, one has more", keys_max));
        present.push_back(text);
        return true;
    }
    bool parse_error(std::size_t at, const std::string &, const nlohmann::detail::exception &) override
    {
        return stop(fmt::format("JSON was expected, byte {} is not", at));
    }

    // Keys are compared one by one.
    static constexpr std::size_t keys_max = 128;
    const std::string &name;
    const input_limits &limits;
    std::size_t values = 0;
    std::vector<std::vector<std::string>> open_keys; // an empty list for an array
    std::string error;
};

} // namespace

std::string read_bounded(const std::string &path, std::size_t bytes_max)
{
    // Without O_NONBLOCK opening a FIFO would wait for a writer.
    int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        throw rejected_input{failure(path)};
    try {
        std::string text = read_open(file, path, bytes_max);
        close(file);
        return text;
    } catch (const rejected_input &) {
        close(file);
        throw;
    }
}

json parse_bounded(const std::string &text, const std::string &name, const input_limits &limits)
{
    // It would end the text for the parser.
    if (std::size_t at = text.find('\0'); at != std::string::npos)
        throw rejected_input{fmt::format("{}: JSON was expected, byte {} is not", name, at + 1)};
    bounds_checker checker(name, limits);
    bool sound = json::sax_parse(text, &checker);
    if (!sound)
        throw rejected_input{checker.error};
    return json::parse(text);
}

void field::expect_keys(std::span<const std::string_view> allowed) const
{
    if (!value.is_object())
        reject("an object");
    for (const auto &[present, ignored] : value.items()) {
        if (std::find(allowed.begin(), allowed.end(), present) == allowed.end())
            reject(fmt::format("only the fields {}, not also {}", fmt::join(allowed, ", "),
                               json(present.substr(0, 40)).dump()));
    }
}

field field::at(const char *name) const
{
    if (!value.is_object())
        reject("an object");
    auto found = value.find(name);
    if (found == value.end())
        reject(fmt::format("the field \"{}\", which is missing,", name));
    return {*found, *this, name, 0};
}

field field::at(const std::string &name) const
{
    return at(name.c_str());
}

bool field::has(const char *name) const
{
    return value.is_object() && value.contains(name);
}

std::vector<std::string> field::keys(std::size_t most) const
{
    if (!value.is_object() || value.size() > most)
        reject(fmt::format("an object with at most {} fields", most));
    std::vector<std::string> names;
    for (const auto &[present, ignored] : value.items())
        names.push_back(present);
    return names;
}

std::size_t field::size(std::size_t least, std::size_t most) const
{
    if (!value.is_array() || value.size() < least || value.size() > most)
        reject(fmt::format("an array of {} to {} elements", least, most));
    return value.size();
}

field field::element(std::size_t place) const
{
    return {value[place], *this, nullptr, place};
}

std::int64_t field::integer(std::int64_t least, std::int64_t most) const
{
    bool fits = value.is_number_integer() &&
                (!value.is_number_unsigned() || value.get<std::uint64_t>() <= std::uint64_t{INT64_MAX});
    if (!fits || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most)
        reject(fmt::format("an integer from {} to {}", least, most));
    return value.get<std::int64_t>();
}

bool field::boolean() const
{
    if (!value.is_boolean())
        reject("true or false");
    return value.get<bool>();
}

std::string field::text(std::size_t most) const
{
    if (!value.is_string() || value.get_ref<const std::string &>().size() > most)
        reject(fmt::format("a string of at most {} bytes", most));
    const auto &content = value.get_ref<const std::string &>();
    // C1 control characters, which terminals obey too, are C2 80 to C2 9F.
    for (std::size_t i = 0; i < content.size(); ++i) {
        auto byte = static_cast<unsigned char>(content[i]);
        auto next = i + 1 < content.size() ? static_cast<unsigned char>(content[i + 1]) : 0;
        if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next < 0xa0))
            reject("a string without control characters");
    }
    return content;
}

template <typename Number>
static Number number_of(const field &from, const std::string &digits, int base, std::string_view expected)
{
    Number number = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
        from.reject(expected);
    return number;
}

std::uint64_t field::decimal() const
{
    constexpr std::string_view expected = "a string with a decimal number below 2^64";
    if (!value.is_string())
        reject(expected);
    return number_of<std::uint64_t>(*this, value.get<std::string>(), 10, expected);
}

std::int64_t field::signed_decimal() const
{
    constexpr std::string_view expected = "a string with a decimal number of 64 bits";
    if (!value.is_string())
        reject(expected);
    return number_of<std::int64_t>(*this, value.get<std::string>(), 10, expected);
}

std::uint64_t field::hex() const
{
    constexpr std::string_view expected = "a string of 16 hexadecimal digits";
    if (!value.is_string() || value.get_ref<const std::string &>().size() != 16)
        reject(expected);
    return number_of<std::uint64_t>(*this, value.get<std::string>(), 16, expected);
}

std::size_t field::one_of(std::span<const std::string_view> names) const
{
    if (value.is_string()) {
        auto found = std::find(names.begin(), names.end(), value.get_ref<const std::string &>());
        if (found != names.end())
            return static_cast<std::size_t>(found - names.begin());
    }
    reject(fmt::format("one of {}", fmt::join(names, ", ")));
}

std::string field::path() const
{
    if (parent == nullptr)
        return "";
    std::string above = parent->path();
    if (key == nullptr)
        return fmt::format("{}[{}]", above, index);
    return above.empty() ? key : above + "." + key;
}

void field::reject(std::string_view expected) const
{
    std::string place = path();
    throw rejected_input{
        fmt::format("{}: {}: {} was expected", file, place.empty() ? "the document" : place, expected)};
}

} // namespace interfuse
