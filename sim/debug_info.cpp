// Looking up addresses with elfutils' libdwfl.
#include "sim/debug_info.hpp"

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

#include "sim/debug_session.hpp"

namespace sim {

namespace {

Dwfl *open_self()
{
    static const Dwfl_Callbacks callbacks = {dwfl_linux_proc_find_elf, dwfl_standard_find_debuginfo, nullptr, nullptr};
    Dwfl *session = dwfl_begin(&callbacks);
    if (session == nullptr)
        return nullptr;
    dwfl_report_begin(session);
    if (dwfl_linux_proc_report(session, getpid()) != 0 || dwfl_report_end(session, nullptr, nullptr) != 0) {
        dwfl_end(session);
        return nullptr;
    }
    return session;
}

// The path from the project's root: debug information may carry an absolute one.
const char *from_root(const char *path)
{
    std::string_view text = path;
    for (std::string_view folder : {"/core/", "/sim/", "/scenarios/", "/checker/"}) {
        std::size_t at = text.rfind(folder);
        if (at != std::string_view::npos)
            return path + at + 1;
    }
    return path;
}

// The plain name of a function, without namespaces' parameters; kept for the life of the process.
const char *plain_name(const char *mangled)
{
    static std::map<std::string, std::string> known;
    auto [entry, is_new] = known.try_emplace(mangled);
    if (!is_new)
        return entry->second.c_str();
    int status = 0;
    std::unique_ptr<char, void (*)(void *)> text(abi::__cxa_demangle(mangled, nullptr, nullptr, &status), std::free);
    std::string name = status == 0 ? text.get() : mangled;
    constexpr std::string_view unnamed = "(anonymous namespace)::";
    for (std::size_t at = name.find(unnamed); at != std::string::npos; at = name.find(unnamed))
        name.erase(at, unnamed.size());
    name = name.substr(0, name.find('('));
    std::size_t scope = name.rfind("::");
    entry->second = scope == std::string::npos ? name : name.substr(scope + 2);
    return entry->second.c_str();
}

struct source_line {
    const char *file = "?";
    unsigned line = 0;
};

// The outermost inlined call around the address, below `parent`. dwarf_getscopes does not do, since it passes over
// functions that lie in a namespace's entry, where clang puts them.
bool find_inlined_call(Dwarf_Die &parent, Dwarf_Addr address, Dwarf_Die &found)
{
    Dwarf_Die child;
    for (int more = dwarf_child(&parent, &child); more == 0; more = dwarf_siblingof(&child, &child)) {
        int tag = dwarf_tag(&child);
        bool is_around = tag == DW_TAG_namespace || dwarf_haspc(&child, address) > 0;
        if (!is_around)
            continue;
        if (tag == DW_TAG_inlined_subroutine) {
            found = child;
            return true;
        }
        if (find_inlined_call(child, address, found))
            return true;
        if (tag == DW_TAG_subprogram)
            return false;
    }
    return false;
}

// The file and line where the outermost inlined function at the address was called: the place in the function that
// a reader of the source knows. False if nothing is inlined there.
bool call_site(Dwfl_Module *module, std::uintptr_t address, source_line &result)
{
    Dwarf_Addr bias = 0;
    Dwarf_Die *unit = dwfl_module_addrdie(module, address, &bias);
    Dwarf_Die call;
    if (unit == nullptr || !find_inlined_call(*unit, address - bias, call))
        return false;
    Dwarf_Attribute attribute;
    Dwarf_Word line = 0, file = 0;
    Dwarf_Files *files = nullptr;
    if (dwarf_formudata(dwarf_attr(&call, DW_AT_call_line, &attribute), &line) != 0 ||
        dwarf_formudata(dwarf_attr(&call, DW_AT_call_file, &attribute), &file) != 0 ||
        dwarf_getsrcfiles(unit, &files, nullptr) != 0)
        return false;
    if (const char *path = dwarf_filesrc(files, file, nullptr, nullptr))
        result.file = from_root(path);
    result.line = static_cast<unsigned>(line);
    return true;
}

void plain_line(Dwfl_Module *module, std::uintptr_t address, source_line &result)
{
    int line = 0;
    Dwfl_Line *found = dwfl_module_getsrc(module, address);
    if (found == nullptr)
        return;
    if (const char *file = dwfl_lineinfo(found, nullptr, &line, nullptr, nullptr, nullptr))
        result.file = from_root(file);
    result.line = static_cast<unsigned>(line);
}

place look_up(std::uintptr_t address)
{
    Dwfl *session = debug_session();
    Dwfl_Module *module = session != nullptr ? dwfl_addrmodule(session, address) : nullptr;
    if (module == nullptr)
        return {"?", "?", 0};
    const char *name = dwfl_module_addrname(module, address);
    source_line line;
    if (!call_site(module, address, line))
        plain_line(module, address, line);
    return {line.file, name != nullptr ? plain_name(name) : "?", line.line};
}

} // namespace

Dwfl *debug_session()
{
    static Dwfl *session = open_self();
    return session;
}

place place_of(const void *pc)
{
    static std::map<std::uintptr_t, place> known;
    auto [entry, is_new] = known.try_emplace(reinterpret_cast<std::uintptr_t>(pc));
    if (is_new)
        entry->second = look_up(entry->first);
    return entry->second;
}

} // namespace sim
