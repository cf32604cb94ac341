// STUBBED: linux/module.h, linux/init.h, linux/miscdevice.h. Registration always succeeds; the device is found by
// its operations.
#pragma once

namespace kernel {

struct file_operations;

inline constexpr int FUSE_MINOR = 229;
inline constexpr const void *THIS_MODULE = nullptr;

struct miscdevice {
    int minor;
    const char *name;
    const file_operations *fops;
};

int misc_register(const miscdevice *misc);
int misc_deregister(const miscdevice *misc);

} // namespace kernel
