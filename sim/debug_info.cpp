// Looking up addresses with elfutils' libdwfl.
#include "sim/debug_info.hpp"

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <cxxabi.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

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
    name = name.substr(0, name.find('('));
    std::size_t scope = name.rfind("::");
    entry->second = scope == std::string::npos ? name : name.substr(scope + 2);
    return entry->second.c_str();
}

} // namespace

place place_of(const void *pc)
{
    static Dwfl *session = open_self();
    place result{"?", "?", 0};
    auto address = reinterpret_cast<std::uintptr_t>(pc);
    if (session == nullptr)
        return result;
    Dwfl_Module *module = dwfl_addrmodule(session, address);
    if (module == nullptr)
        return result;
    if (const char *name = dwfl_module_addrname(module, address))
        result.function = plain_name(name);
    int line = 0;
    Dwfl_Line *found = dwfl_module_getsrc(module, address);
    if (found == nullptr)
        return result;
    if (const char *file = dwfl_lineinfo(found, nullptr, &line, nullptr, nullptr, nullptr))
        result.file = from_root(file);
    result.line = static_cast<unsigned>(line);
    return result;
}

} // namespace sim
