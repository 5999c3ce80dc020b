#pragma once

#include <linux/sched.h>

namespace mp::os {

// How pthread_create of glibc makes a thread, which must find it as it would have made it.
constexpr unsigned long kThreadCloneFlags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM |
                                            CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS |
                                            CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;

}  // namespace mp::os
