// What user space finds wrong with what the kernel gives it or takes from it, in these words, on files and devices that
// a few lines make up.
#include <cerrno>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "core/fuse.hpp"
#include "scenarios/requester.hpp"
#include "scenarios/worker.hpp"
#include "sim/kernel/uio.hpp"
#include "sim/testing_world.hpp"

namespace interfuse {
namespace {

namespace fuse = kernel::fuse;
using kernel::file;
using kernel::file_operations;

constexpr std::size_t header_bytes = sizeof(fuse::fuse_out_header);

std::string report_of(void (*build)(), const std::vector<parameter_value> &set = {})
{
    scenario which{};
    which.name = "made up";
    which.parameters = with_common_parameters({});
    which.build = build;
    runner runs({.which = &which, .parameters = complete_parameters(which, set).values, .limits = {}});
    sim::scripted first_answers;
    sim::verdict v = runs.run(first_answers, 0).verdict;
    return v.kind == sim::verdict_kind::done
               ? "done"
               : fmt::format("{} in {} ({}): {}", v.invariant, v.where.function(), v.where.file(), v.message);
}

process with_file(const file_operations &ops)
{
    process made = make_process();
    kernel::install_fd(made.files, kernel::alloc_file(&ops, nullptr, nullptr));
    return made;
}

// A daemon whose device is descriptor 0.
worker make_daemon(const file_operations &device, worker_options options)
{
    mount m{};
    m.daemon = with_file(device);
    options.reply = make_reply_place();
    *options.reply = {kernel::map_user_pages(m.daemon.mm, 1), kernel::PAGE_SIZE, fuse::FUSE_LOOKUP, 0};
    return make_worker(m, options);
}

constexpr file_operations easy_device = {
    .write = [](file *, const char *, std::size_t bytes, loff_t *) { return static_cast<long>(bytes); },
};
constexpr file_operations strict_device = {
    .write = [](file *, const char *, std::size_t, loff_t *) -> long { return -EINVAL; },
};

const file_operations *device;
bad_reply wrong;
std::uint32_t opcode;
std::uint32_t most;

void build_bad_daemon()
{
    worker w = make_daemon(*device, {.replies = wrong});
    w.options.reply->opcode = opcode;
    w.options.reply->most = most;
    fuse::fuse_out_header good = {header_bytes + 8, 0, 7};
    kernel::copy_to_user_space(w.m.daemon.mm, w.options.reply->at, &good, sizeof good);
    spawn("daemon", w.m.daemon, [w] { answer_badly(w, header_bytes + 8); });
}

std::string report_of_reply(bad_reply how, const file_operations &to, std::uint32_t about = fuse::FUSE_LOOKUP,
                            std::uint32_t longest = 0)
{
    most = longest;
    device = &to;
    wrong = how;
    opcode = about;
    return report_of(build_bad_daemon);
}

TEST(UserReport, SaysWhichReplyWasWrongAndTaken)
{
    const std::string judge = "malformed_reply in judge (scenarios/bad_reply.cpp): write() returns ";
    EXPECT_EQ(report_of_reply(bad_reply::short_header, easy_device),
              judge + "12 for a reply that is wrong: short-header");
    EXPECT_EQ(report_of_reply(bad_reply::no_request, easy_device), judge + "24 for a reply that is wrong: no-request");
    EXPECT_EQ(report_of_reply(bad_reply::foreign_request, easy_device),
              judge + "24 for a reply that is wrong: foreign-request");
    EXPECT_EQ(report_of_reply(bad_reply::positive_error, easy_device),
              judge + "24 for a reply that is wrong: positive-error");
    EXPECT_EQ(report_of_reply(bad_reply::huge_error, easy_device), judge + "24 for a reply that is wrong: huge-error");
    EXPECT_EQ(report_of_reply(bad_reply::wrong_length, easy_device),
              judge + "24 for a reply that is wrong: wrong-length");
    EXPECT_EQ(report_of_reply(bad_reply::payload_with_error, easy_device),
              judge + "24 for a reply that is wrong: payload-with-error");
    EXPECT_EQ(report_of_reply(bad_reply::too_long, easy_device), judge + "32 for a reply that is wrong: too-long");
    EXPECT_EQ(report_of_reply(bad_reply::too_short, easy_device), judge + "20 for a reply that is wrong: too-short");
    EXPECT_EQ(report_of_reply(bad_reply::duplicate, easy_device), judge + "24 for a reply that is wrong: duplicate");
}

TEST(UserReport, HasNothingAgainstAReplyThatIsRefusedOrMayBeTaken)
{
    for (bad_reply how = bad_reply::short_header; how != bad_reply::any;
         how = static_cast<bad_reply>(static_cast<unsigned>(how) + 1))
        EXPECT_EQ(report_of_reply(how, strict_device), "done");
    EXPECT_EQ(report_of_reply(bad_reply::none, easy_device), "done");
    EXPECT_EQ(report_of_reply(bad_reply::next_request, easy_device), "done");
    EXPECT_EQ(report_of_reply(bad_reply::too_short, easy_device, fuse::FUSE_READ), "done");
    // Eight bytes more are not too many where as many were left out.
    EXPECT_EQ(report_of_reply(bad_reply::too_long, easy_device, fuse::FUSE_READ, header_bytes + 16), "done");
    EXPECT_NE(report_of_reply(bad_reply::too_long, easy_device, fuse::FUSE_READ, header_bytes + 15), "done");
}

std::byte fourth_byte; // that a reader gets

constexpr file_operations made_up_file = {
    .read = [](file *, char *to, std::size_t, loff_t *offset) -> long {
        for (std::uint64_t i = 0; i < 4; ++i) {
            std::byte next = i < 3 ? content_of('f', static_cast<std::uint64_t>(*offset) + i) : fourth_byte;
            kernel::copy_to_user(reinterpret_cast<std::uintptr_t>(to) + i, &next, 1);
        }
        return 4;
    },
};

void build_reader()
{
    start_reader("reader", {with_file(made_up_file), 0, 'f'}, {.offset = 10});
}

TEST(UserReport, SaysWhichByteOfAFileNobodyWrote)
{
    fourth_byte = std::byte{0x11};
    EXPECT_EQ(report_of(build_reader),
              "file_content in check_content (scenarios/requester.cpp): a reader gets byte 0x11 at "
              "offset 13, which nobody wrote there");
    fourth_byte = std::byte{0};
    EXPECT_EQ(report_of(build_reader),
              "file_content in check_content (scenarios/requester.cpp): a reader gets byte 0x0 at "
              "offset 13, which nobody wrote there");
    for (std::byte wrong : {written_content_of('f', 12), written_content_of('g', 13)}) {
        fourth_byte = wrong;
        EXPECT_EQ(report_of(build_reader).substr(0, 12), "file_content");
    }
    for (std::byte right : {content_of('f', 13), written_content_of('f', 13)}) {
        fourth_byte = right;
        EXPECT_EQ(report_of(build_reader), "done");
    }
}

std::byte third_byte; // of a WRITE

void build_daemon_with_a_write()
{
    struct {
        fuse::fuse_in_header header;
        fuse::fuse_write_in in;
        std::byte data[3];
    } request = {{}, {}, {written_content_of('f', 10), written_content_of('f', 11), third_byte}};
    request.header.opcode = fuse::FUSE_WRITE;
    request.header.nodeid = 'f';
    request.in.offset = 10;
    request.in.size = sizeof request.data;
    worker w = make_daemon(easy_device, {});
    kernel::copy_to_user_space(w.m.daemon.mm, w.request, &request, sizeof request);
    spawn("daemon", w.m.daemon, [w] { handle(w, sizeof request); });
}

TEST(UserReport, SaysThatAWriteBringsWhatNobodyHasWritten)
{
    for (std::byte wrong : {std::byte{0x11}, std::byte{0}, written_content_of('f', 0), written_content_of('e', 12)}) {
        third_byte = wrong;
        EXPECT_EQ(
            report_of(build_daemon_with_a_write),
            fmt::format("written_data in check_written (scenarios/daemon.cpp): a WRITE brings the daemon byte {:#x} "
                        "for offset 12 of node 102, which nobody has written there",
                        static_cast<unsigned>(wrong)));
    }
    third_byte = written_content_of('f', 12);
    EXPECT_EQ(report_of(build_daemon_with_a_write), "done");
}

TEST(UserReport, AcceptsZerosForWhatLayWhereNothingIs)
{
    third_byte = std::byte{0};
    EXPECT_EQ(report_of(build_daemon_with_a_write, {{"efaults", 1}}), "done");
    EXPECT_EQ(report_of(build_daemon_with_a_write, {{"oom", 1}}), "done");
}

} // namespace
} // namespace interfuse
