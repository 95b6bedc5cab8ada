#include "adapters/system/random_bytes.hpp"

#include <botcore/system/system_secrets.hpp>

#include <span>

namespace botcore::system {

key_secret system_secrets::next()
{
    key_secret secret{};
    fill_randomly(std::as_writable_bytes(std::span{secret}));
    return secret;
}

}  // namespace botcore::system
