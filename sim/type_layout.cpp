// Walking the structs in the debug information.
#include "sim/type_layout.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fmt/format.h>

#include "sim/debug_session.hpp"
#include "sim/object_name.hpp"

namespace sim {

namespace {

std::string_view name_of(Dwarf_Die &die)
{
    const char *name = dwarf_diename(&die);
    return name != nullptr ? name : "";
}

bool is_struct(Dwarf_Die &die)
{
    int tag = dwarf_tag(&die);
    return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

// Calls visit for each struct with a body below a scope, until it returns true.
bool find_struct(Dwarf_Die &scope, const std::function<bool(Dwarf_Die &)> &visit)
{
    Dwarf_Die child;
    for (int more = dwarf_child(&scope, &child); more == 0; more = dwarf_siblingof(&child, &child)) {
        if (dwarf_tag(&child) == DW_TAG_namespace && find_struct(child, visit))
            return true;
        if (is_struct(child) && dwarf_bytesize(&child) >= 0 && visit(child))
            return true;
    }
    return false;
}

// The same for the whole program.
void find_struct(const std::function<bool(Dwarf_Die &)> &visit)
{
    Dwfl *session = debug_session();
    Dwarf_Addr bias = 0;
    auto one_module = [](Dwfl_Module *module, void **, const char *, Dwarf_Addr, void *into) {
        *static_cast<Dwfl_Module **>(into) = module;
        return static_cast<int>(DWARF_CB_ABORT);
    };
    Dwfl_Module *module = nullptr;
    if (session != nullptr)
        dwfl_getmodules(session, one_module, &module, 0);
    for (Dwarf_Die *unit = nullptr; module != nullptr && (unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr;)
        if (find_struct(*unit, visit))
            return;
}

// The type behind names and qualifiers.
bool plain_type(Dwarf_Die &of, Dwarf_Die &type)
{
    Dwarf_Attribute attribute;
    Dwarf_Die found;
    if (dwarf_formref_die(dwarf_attr_integrate(&of, DW_AT_type, &attribute), &found) == nullptr)
        return false;
    return dwarf_peel_type(&found, &type) == 0;
}

struct extent {
    std::size_t first, end; // bytes of the struct that a member has a part of
    bool is_bits;
};

// False, and the value as it was, where the member does not have the attribute.
bool read_number(Dwarf_Die &member, unsigned name, Dwarf_Word &value)
{
    Dwarf_Attribute attribute;
    return dwarf_formudata(dwarf_attr(&member, name, &attribute), &value) == 0;
}

// The first bit of a bit field, counted from the struct's first byte. Clang still says it as DWARF 3 did, from the highest
// bit of the word that the field is a part of.
bool find_first_bit(Dwarf_Die &member, Dwarf_Word offset, Dwarf_Word bits, Dwarf_Word &first)
{
    Dwarf_Word from_highest = 0, word_bytes = 0;
    if (read_number(member, DW_AT_data_bit_offset, first))
        return true;
    if (!read_number(member, DW_AT_bit_offset, from_highest) || !read_number(member, DW_AT_byte_size, word_bytes))
        return false;
    first = (offset + word_bytes) * 8 - from_highest - bits;
    return true;
}

extent extent_of(Dwarf_Die &member)
{
    Dwarf_Word offset = 0, first_bit = 0, bits = 0, bytes = 0;
    read_number(member, DW_AT_data_member_location, offset);
    if (read_number(member, DW_AT_bit_size, bits) && find_first_bit(member, offset, bits, first_bit))
        return {first_bit / 8, (first_bit + bits + 7) / 8, true};
    Dwarf_Die type;
    if (plain_type(member, type))
        dwarf_aggregate_size(&type, &bytes);
    return {offset, offset + bytes, false};
}

// What the program under test takes for one thing.
bool is_primitive(Dwarf_Die &type)
{
    static constexpr std::array<std::string_view, 5> names = {"spinlock_t", "mutex", "rw_semaphore", "semaphore", "atomic_t"};
    return name_of(type).starts_with("lockless<") || std::ranges::find(names, name_of(type)) != names.end();
}

void extend_path(Dwarf_Die &holder, std::size_t offset, member_path &path);

// Into a member: an element of an array, or a member of a struct.
void enter_member(Dwarf_Die &member, std::size_t offset, member_path &path)
{
    Dwarf_Die type;
    if (!plain_type(member, type))
        return;
    if (dwarf_tag(&type) == DW_TAG_array_type) {
        Dwarf_Die element;
        Dwarf_Word bytes = 0;
        if (!plain_type(type, element) || dwarf_aggregate_size(&element, &bytes) != 0 || bytes == 0)
            return;
        path.whole += fmt::format("[{}]", offset / bytes);
        if (is_struct(element))
            extend_path(element, offset % bytes, path);
    } else if (is_struct(type) && !is_primitive(type)) {
        extend_path(type, offset, path);
    }
}

void extend_path(Dwarf_Die &holder, std::size_t offset, member_path &path)
{
    Dwarf_Die child;
    std::string bits;
    for (int more = dwarf_child(&holder, &child); more == 0; more = dwarf_siblingof(&child, &child)) {
        if (dwarf_tag(&child) != DW_TAG_member)
            continue;
        extent at = extent_of(child);
        if (offset < at.first || offset >= at.end)
            continue;
        std::string name(name_of(child));
        if (at.is_bits) {
            bits += (bits.empty() ? "" : "/") + name;
            continue;
        }
        path.whole += "." + name;
        path.own = fmt::format("{}.{}", name_of(holder), name);
        enter_member(child, offset - at.first, path);
        return;
    }
    if (!bits.empty()) {
        path.whole += "." + bits;
        path.own = fmt::format("{}.{}", name_of(holder), bits);
    }
}

} // namespace

member_path member_at(std::string_view type, std::size_t offset)
{
    static std::map<std::pair<std::string, std::size_t>, member_path> known;
    auto [place, is_new] = known.try_emplace({std::string(type), offset});
    auto entry = place; // a lambda may not capture the name of a binding
    if (!is_new)
        return entry->second;
    find_struct([&](Dwarf_Die &found) {
        if (name_of(found) != type)
            return false;
        member_path path{std::string(type), ""};
        extend_path(found, offset, path);
        if (!path.own.empty())
            entry->second = path;
        return true;
    });
    return entry->second;
}

std::vector<std::string> members_of_template(std::string_view name)
{
    std::set<std::string> found;
    find_struct([&](Dwarf_Die &holder) {
        Dwarf_Die child, type;
        for (int more = dwarf_child(&holder, &child); more == 0; more = dwarf_siblingof(&child, &child))
            if (dwarf_tag(&child) == DW_TAG_member && plain_type(child, type) &&
                name_of(type).starts_with(std::string(name) + "<"))
                found.insert(fmt::format("{}.{}", name_of(holder), name_of(child)));
        return false;
    });
    return {found.begin(), found.end()};
}

member_path member_around(const void *address)
{
    typed_object around = type_around(address);
    if (around.type == nullptr)
        return {};
    return member_at(around.type, static_cast<std::size_t>(static_cast<const std::byte *>(address) -
                                                           static_cast<const std::byte *>(around.start)));
}

std::string name_of_member(const void *address)
{
    std::string path = member_around(address).whole;
    return path.empty() ? name_of_object(address) : path;
}

} // namespace sim
