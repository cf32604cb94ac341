// Registration of the device: nothing to do, it is opened by its operations.
#include "sim/kernel/stubs.hpp"

namespace kernel {

int misc_register(const miscdevice *)
{
    return 0;
}

int misc_deregister(const miscdevice *)
{
    return 0;
}

} // namespace kernel
