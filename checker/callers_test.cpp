#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "checker/strategies/strategy.hpp"
#include "scenarios/daemon_files.hpp"
#include "scenarios/stage.hpp"
#include "sim/kernel/namei.hpp"

namespace interfuse {
namespace {

namespace fuse = kernel::fuse;
using outcomes = std::set<std::string>;

// What the daemon was asked and the requester got, in order.
struct conversation {
    char text[200];
    void add(const std::string &word)
    {
        std::strncat(text, text[0] != '\0' ? " " : "", sizeof text - std::strlen(text) - 1);
        std::strncat(text, word.c_str(), sizeof text - std::strlen(text) - 1);
    }
};
const sim::per_world<conversation> said;

template <typename In> In argument_of(const std::byte *request)
{
    In in{};
    std::memcpy(&in, request + sizeof(fuse::fuse_in_header), sizeof in);
    return in;
}

std::string word_for(const std::byte *request)
{
    fuse::fuse_in_header header{};
    std::memcpy(&header, request, sizeof header);
    if (header.opcode == fuse::FUSE_READ || header.opcode == fuse::FUSE_WRITE) {
        auto in = argument_of<fuse::fuse_read_in>(request);
        return fmt::format("{}({},{})", header.opcode == fuse::FUSE_READ ? "READ" : "WRITE", in.offset, in.size);
    }
    if (header.opcode == fuse::FUSE_FORGET) {
        auto in = argument_of<fuse::fuse_forget_in>(request);
        return fmt::format("FORGET({},{})", static_cast<char>(header.nodeid), in.nlookup);
    }
    return std::string(name_of_opcode(header.opcode));
}

// A daemon that notes what it is asked.
void serve(const mount &m, std::uintptr_t in, std::uintptr_t out)
{
    std::array<std::byte, 1024> request{}, reply{};
    for (;;) {
        rest_on(m.fc);
        long got = kernel::sys_read(m.device, in, request.size());
        rest_on(nullptr);
        if (got <= 0 || kernel::killed())
            return;
        kernel::copy_from_user_space(request.data(), m.daemon.mm, in, static_cast<std::size_t>(got));
        if (sim::the_run.now == sim::phase::running)
            said->add(word_for(request.data()));
        std::size_t bytes = handle_request(request.data(), reply.data());
        kernel::copy_to_user_space(m.daemon.mm, out, reply.data(), std::min(bytes, reply_bytes_max));
        if (bytes > 0)
            kernel::sys_write(m.device, out, bytes);
    }
}

mount serve_mount(mount_options options = {}, init_reply init = {})
{
    mount m = mount_fuse(options);
    answer_init(m, init);
    std::uintptr_t in = kernel::map_user_pages(m.daemon.mm, 8), out = kernel::map_user_pages(m.daemon.mm, 8);
    kill_at_teardown(spawn("daemon", m.daemon, [m, in, out] { serve(m, in, out); }));
    return m;
}

void note(long result)
{
    said->add(result < 0 ? strerrorname_np(static_cast<int>(-result)) : std::to_string(result));
}

// The conversations of so many runs of a scenario made of this.
outcomes conversations(void (*build)(), unsigned runs = 1, int oom = 0)
{
    scenario which{.name = "callers", .question = "", .expected = "", .parameters = with_common_parameters({}),
                   .build = build};
    std::vector<parameter_value> values = complete_parameters(which, {}).values;
    for (parameter_value &v : values)
        if (v.name == "oom")
            v.value = oom;
    runner on({.which = &which, .parameters = values, .limits = {}});
    auto chooser = all_strategies()[0].make(1);
    outcomes seen;
    for (unsigned i = 0; i < runs; ++i) {
        run_result result = on.run(*chooser, i);
        EXPECT_EQ(result.verdict.message, "");
        seen.insert(said->text);
    }
    return seen;
}

void create_once(const mount &m, const char *name)
{
    long fd = kernel::sys_create(m.number, name);
    note(fd);
    if (fd >= 0)
        kernel::sys_close(static_cast<int>(fd));
}

TEST(Caller, CreateGivesUpFileAndNodeWhenTheInodeCannotBeHad)
{
    outcomes seen = conversations(
        [] {
            mount m = serve_mount();
            spawn("creator", make_process(), [m] { create_once(m, "n"); });
        },
        3000, 1);
    EXPECT_TRUE(seen.contains("LOOKUP CREATE 0 FLUSH RELEASE"));
    EXPECT_TRUE(seen.contains("LOOKUP CREATE ENOMEM RELEASE FORGET(n,1)") ||
                seen.contains("LOOKUP CREATE RELEASE ENOMEM FORGET(n,1)"));
    for (const std::string &text : seen)
        EXPECT_EQ(text.find("FORGET") != std::string::npos,
                  text.find("ENOMEM") != std::string::npos && text.find("RELEASE") != std::string::npos) << text;
}

TEST(Caller, CreateOfAFileTooLargeToOpenReleasesItAndKeepsTheNode)
{
    EXPECT_EQ(conversations([] {
                  mount m = serve_mount();
                  spawn("creator", make_process(), [m] { create_once(m, "nh"); });
              }),
              outcomes{"LOOKUP CREATE EFBIG RELEASE"});
}

TEST(Caller, AnOldDaemonIsAskedForCreateAndFlushOnce)
{
    EXPECT_EQ(conversations([] {
                  mount m = serve_mount();
                  spawn("creator", make_process(), [m] {
                      create_once(m, "no1");
                      create_once(m, "no2");
                  });
              }, 200),
              outcomes{"LOOKUP CREATE MKNOD OPEN 0 FLUSH RELEASE LOOKUP MKNOD OPEN 0 RELEASE"});
}

TEST(Caller, AnOldDaemonIsAskedForSetxattrOnce)
{
    EXPECT_EQ(conversations([] {
                  mount m = serve_mount();
                  spawn("setter", {}, [m] {
                      for (int i = 0; i < 2; ++i)
                          note(kernel::sys_setxattr(m.number, "o", "user.colour", "red", 3));
                  });
              }),
              outcomes{"LOOKUP SETXATTR EOPNOTSUPP LOOKUP EOPNOTSUPP"});
}

TEST(Caller, UnlinkForgetsTheNodeWhenNobodyHoldsIt)
{
    EXPECT_EQ(conversations([] {
                  mount m = serve_mount();
                  spawn("unlinker", {}, [m] { note(kernel::sys_unlink(m.number, "a")); });
              }, 100),
              (outcomes{"LOOKUP UNLINK 0 FORGET(a,1)", "LOOKUP UNLINK FORGET(a,1) 0"}));
}

TEST(Caller, RevalidateCountsTheSameNodeAndForgetsAnother)
{
    outcomes seen = conversations(
        [] {
            mount m = serve_mount();
            spawn("looker", {}, [m] {
                for (int i = 0; i < 2; ++i)
                    kernel::sys_stat(m.number, "v");
                note(kernel::shrink_name(m.number, "v"));
            });
        },
        500);
    EXPECT_TRUE(seen.contains("LOOKUP LOOKUP 1 FORGET(v,2)") || seen.contains("LOOKUP LOOKUP FORGET(v,2) 1"));
    EXPECT_TRUE(seen.contains("LOOKUP LOOKUP FORGET(w,1) LOOKUP 1 FORGET(v,2)") ||
                seen.contains("LOOKUP LOOKUP LOOKUP FORGET(w,1) 1 FORGET(v,2)") ||
                seen.contains("LOOKUP LOOKUP FORGET(w,1) LOOKUP FORGET(v,2) 1"));
}

// Reads a page, closes the file, opens it again and reads the page again.
void read_twice(const char *name)
{
    mount m = serve_mount();
    open_file file = open_before_run(m, name);
    std::uintptr_t buffer = kernel::map_user_pages(file.of.mm, 1);
    spawn("reader", file.of, [m, file, buffer, name] {
        kernel::sys_pread(file.fd, buffer, 10, 0);
        kernel::sys_close(file.fd);
        int again = static_cast<int>(kernel::sys_open(m.number, name));
        kernel::sys_pread(again, buffer, 10, 0);
    });
}

void open_and_sync(const mount &m, const char *name)
{
    long fd = kernel::sys_open(m.number, name);
    note(fd);
    note(kernel::sys_fsync(static_cast<int>(fd)));
    note(kernel::sys_fsync(static_cast<int>(fd)));
    kernel::sys_close(static_cast<int>(fd));
}

TEST(Caller, TheRootIsOpenedAfterItsAttributesAreRead)
{
    EXPECT_EQ(conversations([] {
                  mount m = serve_mount();
                  spawn("opener", make_process(), [m] { open_and_sync(m, "/"); });
              }),
              outcomes{"GETATTR OPENDIR 0 FSYNCDIR 0 FSYNCDIR 0 RELEASEDIR"});
}

TEST(Caller, AnOldDaemonIsAskedForFsyncOnce)
{
    EXPECT_EQ(conversations([] {
                  mount m = serve_mount();
                  spawn("opener", make_process(), [m] { open_and_sync(m, "o"); });
              }),
              outcomes{"LOOKUP OPEN 0 FSYNC 0 0 FLUSH RELEASE"});
}

TEST(Caller, AFileThatKeepsItsCacheIsNotReadAgainAndAnotherIs)
{
    outcomes seen;
    for (auto build : {+[] { read_twice("k"); }, +[] { read_twice("a"); }})
        seen.merge(conversations(build));
    EXPECT_EQ(seen, (outcomes{"READ(0,128) FLUSH RELEASE LOOKUP OPEN FLUSH RELEASE",
                              "READ(0,128) FLUSH RELEASE LOOKUP OPEN READ(0,128) FLUSH RELEASE"}));
}

void read_once(mount_options options, init_reply init, const char *name, std::size_t bytes, std::uint64_t offset)
{
    mount m = serve_mount(options, init);
    open_file file = open_before_run(m, name);
    std::uintptr_t buffer = kernel::map_user_pages(file.of.mm, 8);
    spawn("reader", file.of, [file, buffer, bytes, offset] {
        note(kernel::sys_pread(file.fd, buffer, bytes, static_cast<loff_t>(offset)));
    });
}

TEST(Caller, ReadpageReadsPageByPageWithoutReadahead)
{
    EXPECT_EQ(conversations([] { read_once({}, {.pages_ahead = 0}, "a", 200, 100); }),
              outcomes{"READ(0,128) READ(128,128) READ(256,128) 200 FLUSH RELEASE"});
}

TEST(Caller, ReadpagesFillsRequestsUpToMaxRead)
{
    EXPECT_EQ(conversations([] { read_once({.max_read = 256}, {.async_read = false, .pages_ahead = 8}, "a", 300, 128); }),
              outcomes{"READ(128,256) READ(384,128) 300 FLUSH RELEASE"});
}

TEST(Caller, DirectReadGoesInChunksThatEndWithPages)
{
    EXPECT_EQ(conversations([] { read_once({.max_read = 256}, {}, "d", 600, 5); }),
              outcomes{"READ(5,256) READ(261,256) READ(517,88) 600 FLUSH RELEASE"});
}

void write_once(const char *name, std::size_t bytes, std::uint64_t offset)
{
    mount m = serve_mount({}, {.max_write = 256});
    open_file file = open_before_run(m, name);
    std::uintptr_t buffer = kernel::map_user_pages(file.of.mm, 8);
    spawn("writer", file.of, [file, buffer, bytes, offset] {
        note(kernel::sys_pwrite(file.fd, buffer, bytes, static_cast<loff_t>(offset)));
    });
}

TEST(Caller, CommitWriteSendsWhatWasWrittenOfEachPage)
{
    EXPECT_EQ(conversations([] { write_once("a", 200, 100); }),
              outcomes{"WRITE(100,28) WRITE(128,128) WRITE(256,44) 200 FLUSH RELEASE"});
}

TEST(Caller, AShortWriteOfAPageIsAnErrorAndOfADirectWriteTheEnd)
{
    EXPECT_EQ(conversations([] { write_once("p", 100, 0); }), outcomes{"WRITE(0,100) EIO FLUSH RELEASE"});
}

// The daemon has no state: to it the new name still means another node, which the kernel has to forget again.
TEST(Caller, RenameAndLinkAskForTheirNames)
{
    EXPECT_EQ(conversations([] {
                  mount m = serve_mount();
                  spawn("changer", {}, [m] {
                      note(kernel::sys_rename(m.number, "a", "D/c"));
                      note(kernel::sys_link(m.number, "D/c", "n"));
                  });
              }),
              outcomes{"LOOKUP LOOKUP LOOKUP RENAME 0 LOOKUP LOOKUP FORGET(c,1) LOOKUP LOOKUP LINK 0"});
}

} // namespace
} // namespace interfuse
