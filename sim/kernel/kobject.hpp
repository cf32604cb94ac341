// MODELLED: linux/kobject.h. A name in sysfs and a reference count; the last put calls the type's release.
#pragma once

#include "sim/kernel/atomic.hpp"

namespace kernel {

struct kobject;

struct kobj_type {
    void (*release)(kobject *) = nullptr;
};

struct kobject {
    atomic_t count;
    const kobj_type *ktype;
    char name[16];
    bool in_sysfs;
};

void kobject_init(kobject *kobj, place where = place::here()); // one reference
int kobject_set_name(kobject *kobj, const char *prefix, unsigned long number, place where = place::here());
// 0, or -ENOMEM while the budget of failed allocations lasts.
int kobject_add(kobject *kobj, place where = place::here());
void kobject_del(kobject *kobj, place where = place::here());
kobject *kobject_get(kobject *kobj, place where = place::here());
void kobject_put(kobject *kobj, place where = place::here());

} // namespace kernel
