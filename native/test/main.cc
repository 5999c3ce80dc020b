// The one main of all native tests.
#define CATCH_CONFIG_MAIN
#include "vendor/catch.hpp"
