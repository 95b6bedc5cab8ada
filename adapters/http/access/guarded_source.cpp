#include "adapters/http/access/guarded_source.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace botapi::http {

boost::asio::awaitable<std::optional<body_part>> guarded_source::next()
{
    check();
    auto part = co_await source_->next();
    // The part may have taken long.
    check();
    co_return part;
}

void guarded_source::check() const
{
    if (!keys_.is_valid(*reader_))
        throw boost::system::system_error{boost::asio::error::access_denied};
}

}  // namespace botapi::http
