// What is found when everybody has ended: what is left of a few careless lines, in these words.
#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "scenarios/daemon.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/namei.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/wait.hpp"
#include "sim/testing_world.hpp"

namespace interfuse {
namespace {

using kernel::GFP_KERNEL;

void (*careless)(const mount &m) = nullptr;

void build()
{
    mount m = mount_fuse();
    answer_init(m);
    start_worker("daemon", m);
    spawn("careless", make_process(), [m] { careless(m); });
}

sim::verdict end_of(void (*body)(const mount &m))
{
    scenario which{};
    which.name = "made up";
    which.parameters = with_common_parameters({});
    which.build = build;
    careless = body;
    runner runs({.which = &which, .parameters = complete_parameters(which, {}).values, .limits = {}});
    sim::scripted first_answers;
    return runs.run(first_answers, 0).verdict;
}

void expect_report(const sim::verdict &v, const char *rule, const char *message, const char *caller)
{
    EXPECT_EQ(v.invariant, rule);
    EXPECT_EQ(v.message, message);
    EXPECT_EQ(v.caller, caller);
    EXPECT_EQ(v.where.line(), 0U); // long ago
}

void *new_thing()
{
    return kernel::kmem_cache_alloc(kernel::kmem_cache_create("things", 24, 0, 0, nullptr, nullptr), GFP_KERNEL);
}

TEST(TeardownReport, SaysWhatWasNeverFreed)
{
    expect_report(end_of([](const mount &) { kernel::memset(new_thing(), 0, 24); }), "leak",
                  "things 0 was never freed (cache things) after the teardown", "things");
    expect_report(end_of([](const mount &) { new_thing(); }), "leak",
                  "new things in slot 0 was never freed (cache things) after the teardown", "things");
    expect_report(end_of([](const mount &) { kernel::alloc_file(nullptr, nullptr, nullptr); }), "leak",
                  "file 1 was never freed (cache filp) after the teardown", "filp");
    expect_report(end_of([](const mount &) { kernel::alloc_page(GFP_KERNEL); }), "leak",
                  "a page frame was never freed after the teardown", "pages");
}

TEST(TeardownReport, SaysWhatWasWrittenAfterItsFree)
{
    expect_report(end_of([](const mount &) {
                      kernel::kmem_cache_t *cache = kernel::kmem_cache_create("things", 24, 0, 0, nullptr, nullptr);
                      auto *thing = static_cast<char *>(kernel::kmem_cache_alloc(cache, GFP_KERNEL));
                      kernel::kmem_cache_free(cache, thing);
                      thing[9] = 1;
                  }),
                  "write_after_free", "free object 0 of cache things was written after the teardown", "things");
}

TEST(TeardownReport, SaysWhatKeepsTheFileSystemInUse)
{
    expect_report(end_of([](const mount &m) {
                      long fd = kernel::sys_open(m.number, "a");
                      kernel::get_file(kernel::current->files->fd[static_cast<unsigned>(fd)]);
                  }),
                  "mount_busy", "the file system is in use after all its users have ended, by an open file", "filp");
    expect_report(end_of([](const mount &m) { kernel::lookup_mnt(m.number, sim::place::here()); }), "mount_busy",
                  "the file system is in use after all its users have ended, by a path", "mnt_cache");
}

TEST(TeardownReport, SaysWhoIsAsleepThen)
{
    sim::verdict v = end_of([](const mount &m) {
        auto *queue = static_cast<kernel::wait_queue_head_t *>(new_thing());
        kernel::init_waitqueue_head(queue);
        rest_on(m.fc);
        kernel::wait_event(*queue, [] { return false; });
    });
    EXPECT_EQ(v.kind, sim::verdict_kind::hung);
    EXPECT_EQ(v.invariant, "hang");
    EXPECT_EQ(v.message, "the teardown hangs: careless sleeps in operator() (uninterruptible, on things 0)");
}

TEST(TeardownReport, HasNothingAgainstThoseWhoTidyUp)
{
    sim::verdict v = end_of([](const mount &m) {
        kernel::kfree(kernel::kmalloc(24, GFP_KERNEL));
        kernel::put_page(kernel::alloc_page(GFP_KERNEL));
        kernel::sys_close(static_cast<int>(kernel::sys_open(m.number, "a")));
    });
    EXPECT_EQ(v.kind, sim::verdict_kind::done) << v.message;
}

} // namespace
} // namespace interfuse
