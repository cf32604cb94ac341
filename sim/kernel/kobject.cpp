// Kernel objects.
#include "sim/kernel/kobject.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "sim/footprint.hpp"
#include "sim/kernel/budget.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;

void kobject_init(kobject *kobj, place where)
{
    kobj->count.counter = 1;
    kobj->in_sysfs = false;
    sim::wrote(&kobj->count, sizeof kobj->count, where);
    sim::wrote(&kobj->in_sysfs, sizeof kobj->in_sysfs, where);
}

int kobject_set_name(kobject *kobj, const char *prefix, unsigned long number, place where)
{
    *fmt::format_to_n(kobj->name, sizeof kobj->name - 1, "{}{}", prefix, number).out = '\0';
    sim::wrote(kobj->name, sizeof kobj->name, where);
    return 0;
}

int kobject_add(kobject *kobj, place where)
{
    might_sleep(where);
    sim::point_before_operation();
    if (disturb(sim::choice_kind::allocation, budget().failed_allocations)) {
        emit(event_kind::alloc_failed, kobj, 0, where);
        return -ENOMEM;
    }
    kobj->in_sysfs = true;
    emit(event_kind::mark, kobj, 1, where);
    return 0;
}

void kobject_del(kobject *kobj, place where)
{
    sim::point_before_operation();
    kobj->in_sysfs = false;
    emit(event_kind::mark, kobj, 0, where);
}

kobject *kobject_get(kobject *kobj, place where)
{
    sim::point_before_operation();
    int count = sim::add_to_count(&kobj->count.counter, 1);
    if (count <= 1)
        rule_broken("reference_count", fmt::format("{} gets a reference after its last one was put",
                                                   sim::name_of_object(kobj)), where);
    emit(event_kind::ref_get, kobj, static_cast<std::uint64_t>(count), where);
    return kobj;
}

void kobject_put(kobject *kobj, place where)
{
    sim::point_before_operation();
    int count = sim::add_to_count(&kobj->count.counter, -1);
    if (count < 0)
        rule_broken("reference_count", fmt::format("{} is put more often than it was taken",
                                                   sim::name_of_object(kobj)), where);
    bool last = count == 0;
    emit(last ? event_kind::ref_last : event_kind::ref_put, kobj, static_cast<std::uint64_t>(count), where);
    if (last && kobj->ktype->release != nullptr)
        kobj->ktype->release(kobj);
}

} // namespace kernel
