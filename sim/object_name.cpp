// The installed namer of objects.
#include "sim/object_name.hpp"

#include <string_view>

#include <fmt/format.h>

#include "sim/arena.hpp"

namespace sim {

static std::string (*installed)(const void *object) = nullptr;

static std::string (*installed_for_values)(const void *object, std::uint64_t value) = nullptr;

static typed_object (*installed_finder)(const void *address) = nullptr;

void install_type_finder(typed_object (*finder)(const void *address))
{
    installed_finder = finder;
}

typed_object type_around(const void *address)
{
    return installed_finder ? installed_finder(address) : typed_object{nullptr, nullptr};
}

void install_value_namer(std::string (*namer)(const void *object, std::uint64_t value))
{
    installed_for_values = namer;
}

std::string name_of_value(const void *object, std::uint64_t value)
{
    return installed_for_values ? installed_for_values(object, value) : "";
}

void install_object_namer(std::string (*namer)(const void *object))
{
    installed = namer;
}

std::string name_of_object(const void *object)
{
    if (object == nullptr)
        return "";
    std::string name = installed ? installed(object) : "";
    if (!name.empty())
        return name;
    auto address = reinterpret_cast<std::uintptr_t>(object);
    return in_arena(object) ? fmt::format("object+{:x}", address - arena_base) : fmt::format("{:#x}", address);
}

std::string name_of_place(const place &where)
{
    std::string_view path = where.file();
    return fmt::format("{} ({}:{})", where.function(), path.substr(path.rfind('/') + 1), where.line());
}

} // namespace sim
