// Files that are there complete or not at all.
#include "checker/trace/atomic_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace interfuse {

namespace {

bool write_all(int file, std::string_view text)
{
    while (!text.empty()) {
        ssize_t written = write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// The rename itself is durable once the folder is on disk.
bool sync_folder(const std::string &folder)
{
    int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return false;
    bool synced = fsync(directory) == 0;
    close(directory);
    return synced;
}

std::string failure(const std::string &path)
{
    return fmt::format("{}: could not be written: {}", path, std::strerror(errno));
}

} // namespace

std::string write_file(const std::string &path, std::string_view text)
{
    std::filesystem::path parent = std::filesystem::path(path).parent_path();
    std::string folder = parent.empty() ? "." : parent.string();
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fmt::format("{}: the folder could not be made: {}", folder, error.message());
    std::string temporary = path + ".XXXXXX";
    int file = mkostemp(temporary.data(), O_CLOEXEC);
    if (file < 0)
        return failure(path);
    // mkostemp makes files that only their owner can read.
    mode_t mask = umask(0);
    umask(mask);
    bool complete = write_all(file, text) && fchmod(file, 0666 & ~mask) == 0 && fsync(file) == 0;
    complete = close(file) == 0 && complete;
    complete = complete && std::rename(temporary.c_str(), path.c_str()) == 0;
    if (!complete) {
        std::string reason = failure(path);
        unlink(temporary.c_str());
        return reason;
    }
    return sync_folder(folder) ? "" : failure(folder);
}

} // namespace interfuse
