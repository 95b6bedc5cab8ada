#include "adapters/system/random_bytes.hpp"

#include <botcore/system/system_secrets.hpp>

#include <span>

namespace botcore::system {

key_secret system_secrets::next()
{
    key_secret made{};
    fill_randomly(std::as_writable_bytes(std::span{made}));
    return made;
}

}  // namespace botcore::system
