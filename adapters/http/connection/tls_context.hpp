#pragma once

#include "adapters/http/options.hpp"

#include <memory>
#include <mutex>
#include <openssl/ssl.h>
#include <stdexcept>

namespace botapi::http {

/// Frees objects of OpenSSL.
struct tls_deleter {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL* connection) const noexcept { SSL_free(connection); }
};

/// A certificate or a key that can't be used. `what()` is one line for the operator.
struct certificate_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The server's certificate, and its TLS settings: versions 1.2 and 1.3, in what Mozilla calls the
/// intermediate configuration (version 5.7).
///
/// Thread safety: any number of threads at once.
class tls_context {
public:
    /// Reads the files: a chain of certificates and its key, both in PEM.
    ///
    /// Throws `certificate_error`.
    explicit tls_context(tls_files files);

    /// Reads the files again. Existing connections keep the old certificate.
    ///
    /// Throws `certificate_error`; then everything stays as it was.
    void reload();

    /// The server's end of a new connection.
    [[nodiscard]] std::unique_ptr<SSL, tls_deleter> make() const;

private:
    using context = std::unique_ptr<SSL_CTX, tls_deleter>;

    static context read(const tls_files& files);

    const tls_files files_;
    mutable std::mutex mutex_;
    context current_;
};

}  // namespace botapi::http
