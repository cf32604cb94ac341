// Fields by the accesses to them.
#include "sim/lockless_need.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "sim/fault.hpp"
#include "sim/type_layout.hpp"

namespace sim {

static std::uint64_t needs = 0;

std::span<const std::string> lockless_fields()
{
    static const std::vector<std::string> fields = [] {
        std::vector<std::string> found = members_of_template("lockless");
        require(found.size() <= lockless_fields_max, "there are more lockless fields than can be followed");
        return found;
    }();
    return fields;
}

// The bit of the field at an address, 0 if its struct is not known.
static std::uint64_t bit_of(const void *address)
{
    auto fields = lockless_fields();
    std::string name = member_around(address).own;
    auto found = std::ranges::lower_bound(fields, name);
    bool known = found != fields.end() && *found == name;
    return known ? std::uint64_t{1} << (found - fields.begin()) : 0;
}

void note_lockless_need(std::uint32_t site, const void *address)
{
    // An expression of the program reads or writes one field.
    static std::map<std::uint32_t, std::uint64_t> bits;
    auto [entry, is_new] = bits.try_emplace(site);
    if (is_new)
        entry->second = bit_of(address);
    needs |= entry->second;
}

static std::uint64_t undeclared = 0;

void undeclare(std::uint64_t fields)
{
    undeclared = fields;
}

bool is_undeclared(const void *address)
{
    return undeclared != 0 && (undeclared & bit_of(address)) != 0;
}

void begin_lockless_needs()
{
    needs = 0;
}

std::uint64_t lockless_needs()
{
    return needs;
}

} // namespace sim
