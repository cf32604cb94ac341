#include "sim/kernel/kobject.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/budget.hpp"
#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct device {
    kobject kobj;
    int released, err;
};

constexpr kobj_type counting = {
    .release = [](kobject *kobj) { ++reinterpret_cast<device *>(kobj)->released; },
};

void init(device &all)
{
    kobject_init(&all.kobj);
    all.kobj.ktype = &counting;
}

TEST(Kobject, IsReleasedOnceUnderEverySchedule)
{
    kernel_world<device> w([](device &all) {
        init(all);
        kobject_get(&all.kobj);
        kobject_get(&all.kobj);
        for (int i = 0; i < 3; ++i)
            spawn("putter", [&all] { kobject_put(&all.kobj); });
    });
    EXPECT_EQ(w.outcomes([](const device &all) { return fmt::format("{} released", all.released); }),
              outcome_set{"1 released"});
}

TEST(Kobject, IsNotReleasedWhileAReferenceIsLeft)
{
    kernel_world<device> w([](device &all) {
        init(all);
        spawn("a", [&all] {
            kobject_get(&all.kobj);
            kobject_put(&all.kobj);
        });
    });
    w.run();
    EXPECT_EQ(w->released, 0);
}

TEST(Kobject, AGetOrPutAfterTheLastPutIsReported)
{
    for (bool get : {true, false})
        EXPECT_EQ(text_of(alone<device>([get](device &all) {
                      init(all);
                      kobject_put(&all.kobj);
                      if (get)
                          kobject_get(&all.kobj);
                      else
                          kobject_put(&all.kobj);
                  })),
                  "violation: reference_count");
}

TEST(Kobject, IsInSysfsFromAddToDel)
{
    kernel_world<device> w([](device &all) {
        spawn("a", [&all] {
            init(all);
            kobject_set_name(&all.kobj, "conn", 12345678901234567U);
            kobject_add(&all.kobj);
            all.err = all.kobj.in_sysfs;
            kobject_del(&all.kobj);
            all.err += 2 * all.kobj.in_sysfs;
        });
    });
    w.run();
    EXPECT_EQ(w->err, 1);
    EXPECT_STREQ(w->kobj.name, "conn12345678901");
}

TEST(Kobject, AddFailsAsOftenAsTheBudgetAllows)
{
    kernel_world<device> w([](device &all) {
        init(all);
        budget().failed_allocations = 1;
        spawn("a", [&all] { all.err = kobject_add(&all.kobj); });
    });
    EXPECT_EQ(w.outcomes([](const device &all) { return fmt::format("{} {}", all.err, all.kobj.in_sysfs); }),
              (outcome_set{"0 true", "-12 false"}));
}

} // namespace
} // namespace kernel
